import type { Point } from '../../preload/common/geometry.ts';
import type { Tool, ToolInput } from '../editor/tool.ts';
import { imageFromScreen, type Camera } from './camera.ts';

export type PointerDeps = {
	camera: () => Camera;
	setCamera: (change: (camera: Camera) => Camera) => void;
	tool: () => Tool;
	/** Space is held: the primary button pans. */
	isPanning: () => boolean;
	/** Editing is possible: the exact frame shows and the project can be written. */
	canEdit: () => boolean;
	/** A press that editing is not possible for. */
	onRefused: () => void;
	onChange: (pointInImage: Point | null) => void;
	pan: (camera: Camera, by: Point) => Camera;
	zoomByWheel: (camera: Camera, at: Point, event: WheelEvent) => Camera;
};

/** Turns the pointer into tool input, panning and zooming. Returns how to let go. */
export function listenToPointer(element: HTMLElement, deps: PointerDeps): () => void {
	let panFrom: Point | null = null;
	let toolButton: ToolInput['button'] | null = null;

	const pointOf = (event: MouseEvent): Point => {
		const bounds = element.getBoundingClientRect();
		return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
	};
	const inputOf = (event: MouseEvent, button: ToolInput['button']): ToolInput => ({
		point: imageFromScreen(deps.camera(), pointOf(event)),
		button,
		isShift: event.shiftKey,
		isAlt: event.altKey,
		imagePerScreen: 1 / deps.camera().scale,
	});

	const down = (event: PointerEvent) => {
		const isPan = event.button === 1 || (event.button === 0 && deps.isPanning());
		if (isPan) {
			event.preventDefault();
			element.focus({ preventScroll: true });
			element.setPointerCapture(event.pointerId);
			panFrom = pointOf(event);
		} else if (event.button === 0 || event.button === 2) {
			if (!deps.canEdit()) {
				deps.onRefused();
				return;
			}
			element.setPointerCapture(event.pointerId);
			toolButton = event.button === 2 ? 'secondary' : 'primary';
			deps.tool().down(inputOf(event, toolButton));
		}
		deps.onChange(inputOf(event, 'primary').point);
	};
	const move = (event: PointerEvent) => {
		if (panFrom) {
			const at = pointOf(event);
			const by = { x: at.x - panFrom.x, y: at.y - panFrom.y };
			panFrom = at;
			deps.setCamera((camera) => deps.pan(camera, by));
		} else {
			// A fast hand makes more points than frames: a stroke takes them all.
			const events = toolButton === null ? [event] : (event.getCoalescedEvents?.() ?? [event]);
			for (const each of events.length > 0 ? events : [event]) {
				deps.tool().move(inputOf(each, toolButton ?? 'primary'));
			}
		}
		deps.onChange(inputOf(event, 'primary').point);
	};
	const up = (event: PointerEvent) => {
		if (panFrom) {
			panFrom = null;
		} else if (toolButton !== null) {
			deps.tool().up(inputOf(event, toolButton));
			toolButton = null;
		}
		deps.onChange(inputOf(event, 'primary').point);
	};
	const cancel = () => {
		panFrom = null;
		toolButton = null;
		deps.tool().cancel();
		deps.onChange(null);
	};
	const leave = () => {
		if (toolButton === null) {
			deps.tool().leave();
			deps.onChange(null);
		}
	};
	const double = () => {
		deps.tool().accept();
	};
	const wheel = (event: WheelEvent) => {
		event.preventDefault();
		deps.setCamera((camera) => deps.zoomByWheel(camera, pointOf(event), event));
		deps.onChange(inputOf(event, 'primary').point);
	};
	const menu = (event: Event) => event.preventDefault();

	const listeners: [string, (event: never) => void][] = [
		['pointerdown', down],
		['pointermove', move],
		['pointerup', up],
		['pointercancel', cancel],
		['pointerleave', leave],
		['dblclick', double],
		['wheel', wheel],
		['contextmenu', menu],
	];
	listeners.forEach(([name, listener]) =>
		element.addEventListener(name, listener as EventListener, { passive: false }),
	);
	return () => listeners.forEach(([name, listener]) => element.removeEventListener(name, listener as EventListener));
}
