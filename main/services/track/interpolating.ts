import type { PassInfo } from '../../store/index.ts';

/** Whether a pass goes between anchors, from both of them; its segments are kept as forward ones. */
export function isInterpolating({ request }: PassInfo): boolean {
	return typeof request === 'object' && request !== null && 'direction' in request && request.direction === 'between';
}
