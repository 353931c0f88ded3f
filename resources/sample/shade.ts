import { paintObject, paintTable, type Surface } from './materials.ts';
import { clamp, hash, mix, smoothStep } from './noise.ts';
import type { Placed, Scene } from './scene.ts';
import { backdrop, distanceInWorld, table, trace, type Hit, type Ray } from './trace.ts';

/** Linear-light colour, 0 and up. */
export type Colour = { red: number; green: number; blue: number };

/** Towards the window: left, high, a little behind the camera's side. */
const sun = { x: -0.58, y: 0.66, z: -0.475 };
const sunColour = { red: 2.75, green: 2.15, blue: 1.5 };
const skyColour = { red: 0.26, green: 0.33, blue: 0.46 };
const bounceColour = { red: 0.3, green: 0.2, blue: 0.12 };

/** The colour that comes back along a ray. */
export function shade(colour: Colour, ray: Ray, scene: Scene): void {
	const hit: Hit = { objectIndex: 0, distance: 0, x: 0, y: 0, z: 0 };
	trace(hit, ray, scene);
	if (hit.objectIndex === backdrop) {
		room(colour, ray.dx, ray.dy, ray.dz);
		return;
	}
	const surface: Surface = { red: 0, green: 0, blue: 0, gloss: 0 };
	const normal = { x: 0, y: 1, z: 0 };
	if (hit.objectIndex === table) {
		paintTable(surface, hit.x, hit.z, hit.distance);
	} else {
		const placed = scene.objects[hit.objectIndex]!;
		surfaceNormal(normal, placed, hit);
		const local = toLocal(placed, hit);
		paintObject(surface, placed, local[0], local[1], local[2]);
	}
	light(colour, surface, normal, hit, ray, scene);
	if (hit.objectIndex === table) {
		// The far end of the table melts into the room.
		const haze = smoothStep(1.6, 4.2, hit.z);
		const behind: Colour = { red: 0, green: 0, blue: 0 };
		room(behind, ray.dx, Math.abs(ray.dy), ray.dz);
		colour.red = mix(colour.red, behind.red, haze * 0.75);
		colour.green = mix(colour.green, behind.green, haze * 0.75);
		colour.blue = mix(colour.blue, behind.blue, haze * 0.75);
	}
}

function light(
	colour: Colour,
	surface: Surface,
	normal: { x: number; y: number; z: number },
	hit: Hit,
	ray: Ray,
	scene: Scene,
): void {
	const facing = Math.max(0, normal.x * sun.x + normal.y * sun.y + normal.z * sun.z);
	const lit = facing > 0 ? facing * sunShare(scene, hit, normal) : 0;
	const open = openness(scene, hit, normal);
	const up = 0.5 + 0.5 * normal.y;
	const isTable = hit.objectIndex === table;
	const bounce = isTable ? 0 : (1 - up) * open;
	const sky = up * open;
	colour.red = surface.red * (sunColour.red * lit + skyColour.red * sky + bounceColour.red * bounce);
	colour.green = surface.green * (sunColour.green * lit + skyColour.green * sky + bounceColour.green * bounce);
	colour.blue = surface.blue * (sunColour.blue * lit + skyColour.blue * sky + bounceColour.blue * bounce);

	// What mirrors in the lacquer: the room, and the sun's disk as a highlight.
	const towards = -(normal.x * ray.dx + normal.y * ray.dy + normal.z * ray.dz);
	const mx = ray.dx + 2 * towards * normal.x;
	const my = ray.dy + 2 * towards * normal.y;
	const mz = ray.dz + 2 * towards * normal.z;
	const grazing = (1 - clamp(towards, 0, 1)) ** 5;
	const share = (surface.gloss + (1 - surface.gloss) * grazing * (isTable ? 0.25 : surface.gloss * 7)) * open;
	const seen: Colour = { red: 0, green: 0, blue: 0 };
	room(seen, mx, my, mz);
	const spot = Math.max(0, mx * sun.x + my * sun.y + mz * sun.z);
	const highlight = facing > 0 && !isTable ? surface.gloss * (70 * spot ** 220 + 5 * spot ** 24) * (lit / facing) : 0;
	colour.red += seen.red * share + highlight;
	colour.green += seen.green * share + highlight * 0.93;
	colour.blue += seen.blue * share + highlight * 0.8;
}

/** The room behind: a warm wall out of focus, a window, and lamps as discs of light. */
function room(colour: Colour, dx: number, dy: number, dz: number): void {
	if (dy < -0.02 && dz < 0.2) {
		colour.red = 0.2;
		colour.green = 0.12;
		colour.blue = 0.07;
		return;
	}
	const across = dx / Math.max(0.25, Math.abs(dz));
	const up = dy / Math.max(0.25, Math.abs(dz));
	const glow = Math.exp(-((across + 0.55) ** 2) * 3.5 - (up - 0.05) ** 2 * 5);
	colour.red = 0.042 + 0.27 * glow + 0.03 * up;
	colour.green = 0.05 + 0.135 * glow + 0.06 * up;
	colour.blue = 0.075 + 0.045 * glow + 0.1 * up;
	if (dz <= 0) {
		// Behind the camera: the bright window that glazes mirror.
		const pane = smoothStep(0.34, 0.3, Math.abs(dx + 0.5)) * smoothStep(0.3, 0.26, Math.abs(dy - 0.45));
		const bar = smoothStep(0.012, 0.024, Math.abs(dx + 0.5)) * smoothStep(0.012, 0.024, Math.abs(dy - 0.45));
		colour.red += 4.2 * pane * bar;
		colour.green += 4.3 * pane * bar;
		colour.blue += 4.4 * pane * bar;
		return;
	}
	if (up < -0.24 || up > 0.3) {
		return;
	}
	for (const lamp of lamps) {
		const gap = Math.sqrt((across - lamp.x) ** 2 + (up - lamp.y) ** 2);
		if (gap < lamp.size) {
			const power = lamp.power * smoothStep(lamp.size, lamp.size * 0.86, gap) * (0.7 + 0.3 * (gap / lamp.size) ** 3);
			colour.red += power * lamp.red;
			colour.green += power * lamp.green;
			colour.blue += power * lamp.blue;
		}
	}
}

/** Lamps far behind, as a lens out of focus draws them. */
const lamps = Array.from({ length: 30 }, (_, lamp) => {
	const warmth = hash(lamp, 5, 71);
	return {
		x: (hash(lamp, 1, 71) * 2 - 1) * 0.85,
		y: -0.13 + hash(lamp, 2, 71) * 0.3,
		size: 0.012 + 0.034 * hash(lamp, 3, 71),
		power: 0.035 + 0.3 * hash(lamp, 4, 71) ** 3,
		red: 1.5,
		green: mix(0.62, 1.1, warmth),
		blue: mix(0.16, 1.05, warmth * warmth),
	};
});

/** Share of the sun that reaches a point: soft towards the edge of a shadow, the softer the farther what casts it. */
function sunShare(scene: Scene, hit: Hit, normal: { x: number; y: number; z: number }): number {
	const x = hit.x + normal.x * 0.012;
	const y = hit.y + normal.y * 0.012;
	const z = hit.z + normal.z * 0.012;
	let share = 1;
	for (const placed of scene.objects) {
		const u = placed.x - x;
		const v = placed.y + placed.centreY - y;
		const w = placed.z - z;
		const along = u * sun.x + v * sun.y + w * sun.z;
		const aside = Math.sqrt(Math.max(0, u * u + v * v + w * w - along * along));
		const reach = placed.radius + Math.max(along, 0) / 9;
		if (along < -placed.radius || aside > reach) {
			continue;
		}
		const end = along + reach;
		let distance = Math.max(0.004, along - reach);
		for (let step = 0; step < 40 && distance < end; step++) {
			const gap = distanceInWorld(placed, x + sun.x * distance, y + sun.y * distance, z + sun.z * distance);
			share = Math.min(share, 0.5 + (gap * 4.5) / distance);
			if (share <= 0) {
				return 0;
			}
			distance += clamp(Math.abs(gap), 0.012, 0.2);
		}
	}
	return share * share * (3 - 2 * share);
}

/** 1 in the open, towards 0 in corners: how close things are along the normal. */
function openness(scene: Scene, hit: Hit, normal: { x: number; y: number; z: number }): number {
	let shut = 0;
	let weight = 0.62;
	for (let tap = 1; tap <= 5; tap++) {
		const reach = 0.06 * tap * tap * 0.55 + 0.02;
		const x = hit.x + normal.x * reach;
		const y = hit.y + normal.y * reach;
		const z = hit.z + normal.z * reach;
		let nearest = hit.objectIndex === table ? reach : Math.min(reach, y);
		for (const placed of scene.objects) {
			const u = placed.x - x;
			const v = placed.y + placed.centreY - y;
			const w = placed.z - z;
			const bound = placed.radius + reach;
			if (u * u + v * v + w * w < bound * bound) {
				nearest = Math.min(nearest, distanceInWorld(placed, x, y, z));
			}
		}
		shut += (weight * (reach - Math.max(nearest, 0))) / reach;
		weight *= 0.62;
	}
	return clamp(1 - 0.62 * shut, 0.05, 1);
}

function surfaceNormal(normal: { x: number; y: number; z: number }, placed: Placed, hit: Hit): void {
	const step = 0.0025;
	const at = (x: number, y: number, z: number) => distanceInWorld(placed, hit.x + x, hit.y + y, hit.z + z);
	normal.x = at(step, 0, 0) - at(-step, 0, 0);
	normal.y = at(0, step, 0) - at(0, -step, 0);
	normal.z = at(0, 0, step) - at(0, 0, -step);
	const length = Math.sqrt(normal.x ** 2 + normal.y ** 2 + normal.z ** 2) || 1;
	normal.x /= length;
	normal.y /= length;
	normal.z /= length;
}

function toLocal(placed: Placed, hit: Hit): [x: number, y: number, z: number] {
	const { turn } = placed;
	const u = hit.x - placed.x;
	const v = hit.y - placed.y;
	const w = hit.z - placed.z;
	return [
		turn[0]! * u + turn[1]! * v + turn[2]! * w,
		turn[3]! * u + turn[4]! * v + turn[5]! * w,
		turn[6]! * u + turn[7]! * v + turn[8]! * w,
	];
}
