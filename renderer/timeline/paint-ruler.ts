import { rulerTicks, xFromFrame, type Axis } from './axis.ts';
import type { TimelinePalette } from './palette.ts';

export function paintRuler(
	context: CanvasRenderingContext2D,
	scene: { axis: Axis; height: number; palette: TimelinePalette; range: { from: number; to: number } | null },
): void {
	const { axis, height, palette, range } = scene;
	context.clearRect(0, 0, axis.width, height);
	if (range) {
		const from = xFromFrame(axis, range.from);
		const to = xFromFrame(axis, range.to);
		context.fillStyle = palette.accent;
		context.globalAlpha = 0.22;
		context.fillRect(from, 0, to - from, height);
		context.globalAlpha = 1;
		context.fillRect(from, 0, 2, height);
		context.fillRect(to - 2, 0, 2, height);
	}
	context.font = '11px system-ui, "Segoe UI", "Liberation Sans", sans-serif';
	context.textBaseline = 'top';
	for (const { frame, isMajor } of rulerTicks(axis)) {
		const x = Math.round(xFromFrame(axis, frame)) + 0.5;
		context.strokeStyle = isMajor ? palette.text : palette.faint;
		context.lineWidth = 1;
		context.beginPath();
		context.moveTo(x, height - (isMajor ? 8 : 4));
		context.lineTo(x, height);
		context.stroke();
		if (isMajor) {
			context.fillStyle = palette.text;
			context.fillText(String(frame), x + 3, 4);
		}
	}
}
