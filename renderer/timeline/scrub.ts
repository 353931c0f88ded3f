/** Dragging along the timeline: tells x within the element from press to release. Returns the listener to attach. */
export function scrubber(handlers: {
	start: (x: number, event: PointerEvent) => void;
	move: (x: number) => void;
	end: () => void;
}): (event: PointerEvent) => void {
	return (event) => {
		if (event.button !== 0) {
			return;
		}
		const element = event.currentTarget as HTMLElement;
		const left = element.getBoundingClientRect().left;
		element.setPointerCapture(event.pointerId);
		handlers.start(event.clientX - left, event);
		const move = (moved: PointerEvent) => handlers.move(moved.clientX - left);
		const end = () => {
			element.removeEventListener('pointermove', move);
			element.removeEventListener('pointerup', end);
			element.removeEventListener('pointercancel', end);
			handlers.end();
		};
		element.addEventListener('pointermove', move);
		element.addEventListener('pointerup', end);
		element.addEventListener('pointercancel', end);
	};
}
