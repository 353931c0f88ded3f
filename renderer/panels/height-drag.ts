/** Drags the upper edge of something: up makes it higher. */
export function heightDrag(height: () => number, onHeight: (height: number) => void): (event: PointerEvent) => void {
	return (event) => {
		const element = event.currentTarget as HTMLElement;
		const startY = event.clientY;
		const startHeight = height();
		element.setPointerCapture(event.pointerId);
		const move = (moved: PointerEvent) => onHeight(startHeight + startY - moved.clientY);
		const end = () => {
			element.removeEventListener('pointermove', move);
			element.removeEventListener('pointerup', end);
			element.removeEventListener('pointercancel', end);
		};
		element.addEventListener('pointermove', move);
		element.addEventListener('pointerup', end);
		element.addEventListener('pointercancel', end);
	};
}
