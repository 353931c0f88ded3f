import { fitAxis, panAxis, resizeAxis, revealFrame, zoomAxis, type Axis } from './axis.ts';

/** The axis of the open video, shared by ruler, filmstrip and lanes. */
export class AxisState {
	value = $state.raw<Axis>(fitAxis(1, 1));

	/** A new video, or a new width. */
	measure(frameCount: number, width: number): void {
		this.value = frameCount === this.value.frameCount ? resizeAxis(this.value, width) : fitAxis(frameCount, width);
	}

	fit(): void {
		this.value = fitAxis(this.value.frameCount, this.value.width);
	}

	zoom(x: number, factor: number): void {
		this.value = zoomAxis(this.value, x, factor);
	}

	pan(byPixels: number): void {
		this.value = panAxis(this.value, byPixels);
	}

	reveal(frame: number): void {
		this.value = revealFrame(this.value, frame);
	}

	/** Wheel: up and down zooms with Ctrl (or over the ruler), sideways and with Shift it pans. */
	wheel(event: WheelEvent, x: number, isRuler: boolean): boolean {
		if (event.ctrlKey || event.metaKey || (isRuler && !event.shiftKey && Math.abs(event.deltaX) < 1)) {
			this.zoom(x, Math.exp(-Math.max(-240, Math.min(240, event.deltaY)) * 0.0022));
			return true;
		}
		const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
		if (sideways !== 0) {
			this.pan(sideways);
			return true;
		}
		return false;
	}
}
