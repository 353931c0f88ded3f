import {
	deleteFrames,
	deleteRow,
	type EditDb,
	type FrameRecord,
	insertPrompt,
	putBlob,
	type StoredPrompt,
	updatePrompt as updatePromptRow,
	type VideoRow,
	writeFrame,
} from '../../store/index.ts';
import { emptyRle, rleArea, rleFromBytes, rleToBytes } from '../../../preload/common/rle.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { EditReceipt } from '../../../preload/contract/annotate.ts';
import { composeLayers } from './layers.ts';
import { editTarget, type EditTarget, maskOfVideo } from './target.ts';

/** The mask that a run or a person left is the start of a correction by these; a box or a mask starts anew. */
const CORRECTING_KINDS = new Set<StoredPrompt['kind']>(['point', 'stroke']);

export function addPrompt(target: EditTarget, prompt: StoredPrompt): EditReceipt & { promptId: number } {
	checkPrompt(prompt, target.video);
	const { editId, revision, value } = editTarget(
		target,
		{ name: nameOf(prompt), kind: 'annotate.addPrompt' },
		(db, frame) => {
			const base = CORRECTING_KINDS.has(prompt.kind) ? baseOf(frame, target.video) : null;
			const prompts = [...(frame?.prompts.map((record) => record.prompt) ?? []), ...(base ? [base] : []), prompt];
			// The row first: prompts lean on it.
			writePromptedFrame(db, { target, frame, prompts });
			if (base) {
				insertPrompt(db, { ...keyOf(target), prompt: base });
			}
			return insertPrompt(db, { ...keyOf(target), prompt });
		},
	);
	return { editId, revision, promptId: value };
}

export function updatePrompt(target: EditTarget, promptId: number, prompt: StoredPrompt): EditReceipt {
	checkPrompt(prompt, target.video);
	const { editId, revision } = editTarget(
		target,
		{ name: 'Move a prompt', kind: 'annotate.updatePrompt' },
		(db, frame) => {
			updatePromptRow(db, promptId, prompt);
			const prompts = frame?.prompts.map((record) => (record.promptId === promptId ? prompt : record.prompt)) ?? [];
			writePromptedFrame(db, { target, frame, prompts });
		},
	);
	return { editId, revision };
}

/** The last prompt gone, the frame is again what it was before the first: propagated, painted, or a hole. */
export function removePrompt(target: EditTarget, promptId: number): EditReceipt {
	const { editId, revision } = editTarget(
		target,
		{ name: 'Remove a prompt', kind: 'annotate.removePrompt' },
		(db, frame) => {
			const left = frame?.prompts.filter((record) => record.promptId !== promptId) ?? [];
			deleteRow(db, 'prompt', promptId);
			const [only] = left;
			if (left.length === 1 && only?.prompt.kind === 'mask') {
				deleteRow(db, 'prompt', only.promptId);
				writeBareFrame(db, { target, frame, base: only.prompt });
			} else if (left.length === 0) {
				writeBareFrame(db, { target, frame, base: null });
			} else {
				writePromptedFrame(db, { target, frame, prompts: left.map((record) => record.prompt) });
			}
		},
	);
	return { editId, revision };
}

/** The mask to correct; null where prompts or nothing at all are there. */
function baseOf(frame: FrameRecord | null, video: VideoRow): StoredPrompt | null {
	if (!frame?.modelMask || frame.prompts.length > 0 || rleArea(rleFromBytes(video, frame.modelMask)) === 0) {
		return null;
	}
	const isByPerson = frame.provenance === 'imported' || (frame.provenance === 'edited' && frame.passId === null);
	return { kind: 'mask', mask: frame.modelMask, origin: isByPerson ? 'given' : 'propagated' };
}

/** A frame with prompts. Where a mask alone is given it is the result; else the model makes one, and it is pending. */
function writePromptedFrame(
	db: EditDb,
	state: { target: EditTarget; frame: FrameRecord | null; prompts: readonly StoredPrompt[] },
): void {
	const { target, frame, prompts } = state;
	const { video } = target;
	const last = prompts.at(-1);
	const given = prompts.every((prompt) => prompt.kind === 'mask') && last?.kind === 'mask' ? last.mask : null;
	const layers = {
		modelMask: given ?? frame?.modelMask ?? null,
		paintedMask: frame?.paintedMask ?? null,
		erasedMask: frame?.erasedMask ?? null,
	};
	const isPainted = layers.paintedMask !== null || layers.erasedMask !== null;
	writeFrame(db, {
		...keyOf(target),
		provenance: isPainted ? 'edited' : 'prompted',
		maskId: putBlob(db, composeLayers(layers, video)),
		modelMaskId: layers.modelMask && putBlob(db, layers.modelMask),
		paintedMaskId: frame?.paintedMaskId ?? null,
		erasedMaskId: frame?.erasedMaskId ?? null,
		isAnchor: true,
		isPending: given === null,
		passId: frame?.passId ?? null,
	});
}

function writeBareFrame(
	db: EditDb,
	state: { target: EditTarget; frame: FrameRecord | null; base: Extract<StoredPrompt, { kind: 'mask' }> | null },
): void {
	const { target, frame, base } = state;
	const layers = {
		modelMask: base?.mask ?? null,
		paintedMask: frame?.paintedMask ?? null,
		erasedMask: frame?.erasedMask ?? null,
	};
	const isPainted = layers.paintedMask !== null || layers.erasedMask !== null;
	if (!layers.modelMask && !isPainted) {
		deleteFrames(db, { trackId: target.trackId, from: target.frameIndex, to: target.frameIndex + 1 });
		return;
	}
	const isByRun = base?.origin === 'propagated' && !isPainted;
	writeFrame(db, {
		...keyOf(target),
		provenance: isByRun ? 'propagated' : 'edited',
		maskId: putBlob(db, composeLayers(layers, target.video)),
		modelMaskId: layers.modelMask && putBlob(db, layers.modelMask),
		paintedMaskId: frame?.paintedMaskId ?? null,
		erasedMaskId: frame?.erasedMaskId ?? null,
		isAnchor: !isByRun,
		passId: frame?.passId ?? null,
	});
}

/**
 * A click and a stroke lie in the picture; a box has to meet it, and what reaches over the edge is cut by the model.
 *
 * @throws annotate.outside, annotate.maskSize
 */
export function checkPrompt(prompt: StoredPrompt, video: VideoRow): void {
	const { width, height } = video;
	switch (prompt.kind) {
		case 'point':
			checkInside(prompt, video);
			break;
		case 'stroke':
			prompt.points.forEach((point) => checkInside(point, video));
			break;
		case 'box':
			if (prompt.x1 <= 0 || prompt.y1 <= 0 || prompt.x0 >= width || prompt.y0 >= height) {
				throw new StudioError('annotate.outside', { x: prompt.x0, y: prompt.y0, width, height });
			}
			break;
		case 'mask':
			maskOfVideo(prompt.mask, video);
	}
}

function checkInside({ x, y }: { x: number; y: number }, { width, height }: VideoRow): void {
	if (x < 0 || y < 0 || x >= width || y >= height) {
		throw new StudioError('annotate.outside', { x, y, width, height });
	}
}

/** The mask of a frame on which nothing is. */
export function emptyMask(video: VideoRow): Uint8Array {
	return rleToBytes(emptyRle(video));
}

function keyOf(target: EditTarget): { trackId: number; frameIndex: number } {
	return { trackId: target.trackId, frameIndex: target.frameIndex };
}

function nameOf(prompt: StoredPrompt): string {
	switch (prompt.kind) {
		case 'point':
			return prompt.isPositive ? 'Click' : 'Negative click';
		case 'box':
			return 'Box';
		case 'stroke':
			return 'Scribble';
		case 'mask':
			return 'Mask';
	}
}
