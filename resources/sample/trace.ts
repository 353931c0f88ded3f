import { clip, type Placed, type Scene } from './scene.ts';
import { distanceTo } from './shapes.ts';

/** What a ray meets: `objectIndex` of the scene, `table` or `backdrop`; reused from ray to ray. */
export type Hit = { objectIndex: number; distance: number; x: number; y: number; z: number };

export const table = -1;
export const backdrop = -2;
/** The table ends here; behind it is the room. */
export const tableEnd = 4.2;

export type Ray = { x: number; y: number; z: number; dx: number; dy: number; dz: number };

/** Aims the ray through a point of the picture, in pixels. */
export function aim(ray: Ray, scene: Scene, column: number, row: number): void {
	const { camera } = scene;
	const u = ((column * 2 - clip.width) / clip.height) * camera.slope;
	const v = (1 - (row * 2) / clip.height) * camera.slope;
	const dx = camera.forward[0] + camera.right[0] * u + camera.up[0] * v;
	const dy = camera.forward[1] + camera.right[1] * u + camera.up[1] * v;
	const dz = camera.forward[2] + camera.right[2] * u + camera.up[2] * v;
	const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
	ray.x = camera.x;
	ray.y = camera.y;
	ray.z = camera.z;
	ray.dx = dx / length;
	ray.dy = dy / length;
	ray.dz = dz / length;
}

/** Finds the nearest thing along the ray. */
export function trace(hit: Hit, ray: Ray, scene: Scene): void {
	hit.objectIndex = backdrop;
	hit.distance = Infinity;
	if (ray.dy < 0) {
		const distance = -ray.y / ray.dy;
		if (ray.z + ray.dz * distance < tableEnd) {
			hit.objectIndex = table;
			hit.distance = distance;
		}
	}
	for (let index = 0; index < scene.objects.length; index++) {
		const distance = march(scene.objects[index]!, ray, hit.distance);
		if (distance < hit.distance) {
			hit.objectIndex = index;
			hit.distance = distance;
		}
	}
	hit.x = ray.x + ray.dx * hit.distance;
	hit.y = ray.y + ray.dy * hit.distance;
	hit.z = ray.z + ray.dz * hit.distance;
}

/** Distance of a world point to an object's surface. */
export function distanceInWorld(placed: Placed, x: number, y: number, z: number): number {
	const { turn } = placed;
	const u = x - placed.x;
	const v = y - placed.y;
	const w = z - placed.z;
	return distanceTo(
		placed.kind,
		turn[0]! * u + turn[1]! * v + turn[2]! * w,
		turn[3]! * u + turn[4]! * v + turn[5]! * w,
		turn[6]! * u + turn[7]! * v + turn[8]! * w,
		placed.a,
		placed.b,
	);
}

/** Where the ray enters the object, or Infinity; steps by the distance function inside the bounding sphere alone. */
function march(placed: Placed, ray: Ray, limit: number): number {
	const u = placed.x - ray.x;
	const v = placed.y + placed.centreY - ray.y;
	const w = placed.z - ray.z;
	const along = u * ray.dx + v * ray.dy + w * ray.dz;
	const aside = u * u + v * v + w * w - along * along;
	const reach = placed.radius * placed.radius - aside;
	if (reach <= 0) {
		return Infinity;
	}
	const half = Math.sqrt(reach);
	const end = Math.min(along + half, limit);
	let distance = Math.max(along - half, 0);
	for (let step = 0; step < 96 && distance < end; step++) {
		const gap = distanceInWorld(
			placed,
			ray.x + ray.dx * distance,
			ray.y + ray.dy * distance,
			ray.z + ray.dz * distance,
		);
		if (gap < 4e-4) {
			return distance;
		}
		distance += gap;
	}
	return Infinity;
}

/**
 * Which object each pixel's middle shows, row-major: 0 none, else 1 + index. This is the ground truth, and needs no
 * shading.
 */
export function traceIds(scene: Scene): Uint8Array {
	const ids = new Uint8Array(clip.width * clip.height);
	const ray: Ray = { x: 0, y: 0, z: 0, dx: 0, dy: 0, dz: 0 };
	const hit: Hit = { objectIndex: 0, distance: 0, x: 0, y: 0, z: 0 };
	for (let row = 0, at = 0; row < clip.height; row++) {
		for (let column = 0; column < clip.width; column++, at++) {
			aim(ray, scene, column + 0.5, row + 0.5);
			trace(hit, ray, scene);
			ids[at] = hit.objectIndex < 0 ? 0 : hit.objectIndex + 1;
		}
	}
	return ids;
}
