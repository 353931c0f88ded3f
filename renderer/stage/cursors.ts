import type { Overlay } from '../editor/tool.ts';

/** A cross with its sign beside it, dark under light so that it reads on any picture. */
function signedCross(sign: 'plus' | 'minus'): string {
	const colour = sign === 'plus' ? '#22c55e' : '#ef4444';
	const bar = sign === 'plus' ? 'M21 18v6M18 21h6' : 'M18 21h6';
	const cross = 'M11 1v7M11 14v7M1 11h7M14 11h7';
	const svg =
		`<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" fill="none" stroke-linecap="round">` +
		`<path d="${cross}" stroke="#0b0d10" stroke-width="3.5"/><path d="${cross}" stroke="#fff" stroke-width="1.5"/>` +
		`<circle cx="21" cy="21" r="5.5" fill="${colour}" stroke="#fff"/><path d="${bar}" stroke="#fff" stroke-width="1.5"/></svg>`;
	return `url("data:image/svg+xml,${encodeURIComponent(svg)}") 11 11, crosshair`;
}

const cursors: Record<Overlay['cursor'], string> = {
	arrow: 'default',
	positive: signedCross('plus'),
	negative: signedCross('minus'),
	cross: 'crosshair',
	move: 'move',
	circle: 'none',
};

export function cssCursor(
	overlay: Overlay | null,
	state: { isPanning: boolean; isDragging: boolean; canEdit: boolean },
): string {
	if (state.isPanning) {
		return state.isDragging ? 'grabbing' : 'grab';
	}
	return overlay && state.canEdit ? cursors[overlay.cursor] : 'default';
}
