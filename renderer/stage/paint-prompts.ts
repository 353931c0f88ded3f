import type { Box, Point } from '../../preload/common/geometry.ts';
import type { WirePrompt } from '../../preload/contract/track.ts';
import { boxHandles } from '../editor/hit.ts';
import type { Overlay, PlacedPrompt } from '../editor/tool.ts';
import { screenFromImage, type Camera } from './camera.ts';

const positive = '#22c55e';
const negative = '#ef4444';
const accent = '#5b9dff';

/** Draws prompts in screen space, so that they keep their size. */
export function paintPrompts(
	context: CanvasRenderingContext2D,
	scene: { prompts: readonly PlacedPrompt[]; moved: Overlay['moved']; selectedPromptId: number | null; camera: Camera },
): void {
	for (const { promptId, prompt } of scene.prompts) {
		const shown = scene.moved && scene.moved.promptId === promptId ? scene.moved.prompt : prompt;
		const isSelected = promptId !== null && promptId === scene.selectedPromptId;
		paintPrompt(context, shown, { camera: scene.camera, isSelected, isDraft: promptId === null });
	}
}

/** Draws what the tool in hand is doing, in screen space. */
export function paintOverlay(context: CanvasRenderingContext2D, overlay: Overlay, camera: Camera): void {
	if (overlay.box) {
		paintBox(context, overlay.box, { camera, isSelected: false });
	}
	if (overlay.stroke) {
		paintStroke(context, overlay.stroke, camera, 0.45);
	}
	if (overlay.polygon) {
		paintPolygon(context, overlay.polygon, camera);
	}
	if (overlay.circle) {
		const centre = screenFromImage(camera, overlay.circle.centre);
		const radius = Math.max(1, overlay.circle.radius * camera.scale);
		context.beginPath();
		context.ellipse(centre.x, centre.y, radius * camera.aspect, radius, 0, 0, 2 * Math.PI);
		doubleStroke(context, overlay.circle.isErasing ? '#ffd0d0' : '#ffffff', 1.25);
		if (radius < 5) {
			cross(context, centre, 9);
		}
	}
}

function paintPrompt(
	context: CanvasRenderingContext2D,
	prompt: WirePrompt,
	look: { camera: Camera; isSelected: boolean; isDraft: boolean },
): void {
	if (prompt.kind === 'point') {
		paintPoint(context, screenFromImage(look.camera, prompt), { ...look, isPositive: prompt.isPositive });
	} else if (prompt.kind === 'box') {
		paintBox(context, prompt, look);
	} else if (prompt.kind === 'stroke') {
		const { points, radius, isPositive } = prompt;
		paintStroke(context, { points, radius, tone: isPositive ? 'add' : 'subtract' }, look.camera, 0.28);
	}
}

/** A disc of 6 px with a white rim and its sign. */
function paintPoint(
	context: CanvasRenderingContext2D,
	at: Point,
	look: { isPositive: boolean; isSelected: boolean; isDraft: boolean },
): void {
	context.beginPath();
	context.arc(at.x, at.y, look.isSelected ? 11 : 9, 0, 2 * Math.PI);
	context.fillStyle = look.isSelected ? accent : 'rgba(10, 12, 15, 0.45)';
	context.fill();
	context.beginPath();
	context.arc(at.x, at.y, 7, 0, 2 * Math.PI);
	context.fillStyle = look.isPositive ? positive : negative;
	context.fill();
	context.lineWidth = 1.5;
	context.strokeStyle = look.isDraft ? 'rgba(255, 255, 255, 0.7)' : '#ffffff';
	context.stroke();
	context.beginPath();
	context.moveTo(at.x - 3, at.y);
	context.lineTo(at.x + 3, at.y);
	if (look.isPositive) {
		context.moveTo(at.x, at.y - 3);
		context.lineTo(at.x, at.y + 3);
	}
	context.strokeStyle = '#ffffff';
	context.stroke();
}

function paintBox(context: CanvasRenderingContext2D, box: Box, look: { camera: Camera; isSelected: boolean }): void {
	const a = screenFromImage(look.camera, { x: box.x0, y: box.y0 });
	const b = screenFromImage(look.camera, { x: box.x1, y: box.y1 });
	context.beginPath();
	context.rect(a.x, a.y, b.x - a.x, b.y - a.y);
	doubleStroke(context, look.isSelected ? accent : '#ffffff', 1.5);
	for (const { at } of boxHandles(box)) {
		const handle = screenFromImage(look.camera, at);
		context.fillStyle = look.isSelected ? accent : '#ffffff';
		context.strokeStyle = 'rgba(10, 12, 15, 0.8)';
		context.lineWidth = 1;
		context.fillRect(handle.x - 3, handle.y - 3, 6, 6);
		context.strokeRect(handle.x - 3.5, handle.y - 3.5, 7, 7);
	}
}

function paintStroke(
	context: CanvasRenderingContext2D,
	stroke: NonNullable<Overlay['stroke']>,
	camera: Camera,
	alpha: number,
): void {
	const [first, ...rest] = stroke.points.map((point) => screenFromImage(camera, point));
	if (!first) {
		return;
	}
	context.save();
	context.globalAlpha = alpha;
	context.lineCap = 'round';
	context.lineJoin = 'round';
	context.lineWidth = Math.max(1, 2 * stroke.radius * camera.scale);
	context.strokeStyle = stroke.tone === 'add' ? positive : negative;
	context.beginPath();
	context.moveTo(first.x, first.y);
	context.lineTo(first.x + 0.01, first.y);
	rest.forEach((point) => context.lineTo(point.x, point.y));
	context.stroke();
	context.restore();
}

function paintPolygon(
	context: CanvasRenderingContext2D,
	polygon: NonNullable<Overlay['polygon']>,
	camera: Camera,
): void {
	const points = polygon.points.map((point) => screenFromImage(camera, point));
	context.beginPath();
	points.forEach((point, index) => (index === 0 ? context.moveTo(point.x, point.y) : context.lineTo(point.x, point.y)));
	context.closePath();
	context.fillStyle = polygon.tone === 'add' ? 'rgba(34, 197, 94, 0.22)' : 'rgba(239, 68, 68, 0.22)';
	context.fill();
	doubleStroke(context, '#ffffff', 1.5);
	if (points[0]) {
		context.beginPath();
		context.arc(points[0].x, points[0].y, polygon.isClosable ? 6 : 3.5, 0, 2 * Math.PI);
		context.fillStyle = polygon.isClosable ? accent : '#ffffff';
		context.fill();
	}
}

/** A light line on a dark one: reads on any picture. */
function doubleStroke(context: CanvasRenderingContext2D, colour: string, width: number): void {
	context.lineWidth = width + 2;
	context.strokeStyle = 'rgba(10, 12, 15, 0.55)';
	context.stroke();
	context.lineWidth = width;
	context.strokeStyle = colour;
	context.stroke();
}

function cross(context: CanvasRenderingContext2D, at: Point, reach: number): void {
	context.beginPath();
	for (const [dx, dy] of [
		[1, 0],
		[-1, 0],
		[0, 1],
		[0, -1],
	] as const) {
		context.moveTo(at.x + dx * 4, at.y + dy * 4);
		context.lineTo(at.x + dx * reach, at.y + dy * reach);
	}
	doubleStroke(context, '#ffffff', 1);
}
