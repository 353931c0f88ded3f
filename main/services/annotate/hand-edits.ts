import { deleteFrames, deleteRow, putBlob, runEdit, writeFrame } from '../../store/index.ts';
import { rleArea, rleToBytes } from '../../../preload/common/rle.ts';
import type { EditReceipt } from '../../../preload/contract/annotate.ts';
import type { FrameRange } from '../../../preload/contract/define.ts';
import { composeLayers, strokeLayers } from './layers.ts';
import { emptyMask } from './prompts.ts';
import { editTarget, type EditTarget, maskOfVideo } from './target.ts';

/** One brush or eraser stroke. It lies over the model's mask and stays when that is made anew. */
export function paintFrame(target: EditTarget, stroke: { area: Uint8Array; isErasing: boolean }): EditReceipt {
	const { video, trackId, frameIndex } = target;
	const area = maskOfVideo(stroke.area, video);
	const name = stroke.isErasing ? 'Erase' : 'Paint';
	const { editId, revision } = editTarget(target, { name, kind: 'annotate.paint' }, (db, frame) => {
		if (rleArea(area) === 0) {
			return;
		}
		const layers = strokeLayers(
			{
				modelMask: frame?.modelMask ?? null,
				paintedMask: frame?.paintedMask ?? null,
				erasedMask: frame?.erasedMask ?? null,
			},
			{ area, isErasing: stroke.isErasing },
		);
		writeFrame(db, {
			trackId,
			frameIndex,
			provenance: 'edited',
			maskId: putBlob(db, composeLayers(layers, video)),
			modelMaskId: frame?.modelMaskId ?? null,
			paintedMaskId: layers.paintedMask && putBlob(db, layers.paintedMask),
			erasedMaskId: layers.erasedMask && putBlob(db, layers.erasedMask),
			isAnchor: true,
			isPending: frame?.isPending ?? false,
			passId: frame?.passId ?? null,
			predictedIou: frame?.predictedIou ?? null,
			objectScore: frame?.objectScore ?? null,
			stability: frame?.stability ?? null,
		});
	});
	return { editId, revision };
}

/** A mask from elsewhere (paste, import) in place of all that the frame has. */
export function setMask(target: EditTarget, mask: Uint8Array): EditReceipt {
	const { trackId, frameIndex, video } = target;
	const bytes = rleToBytes(maskOfVideo(mask, video));
	const { editId, revision } = editTarget(target, { name: 'Set mask', kind: 'annotate.setMask' }, (db, frame) => {
		frame?.prompts.forEach((prompt) => deleteRow(db, 'prompt', prompt.promptId));
		const maskId = putBlob(db, bytes);
		writeFrame(db, { trackId, frameIndex, provenance: 'edited', maskId, modelMaskId: maskId, isAnchor: true });
	});
	return { editId, revision };
}

/** The object is not on this frame: an anchor with an empty mask. */
export function setAbsent(target: EditTarget): EditReceipt {
	const { trackId, frameIndex, video } = target;
	const { editId, revision } = editTarget(target, { name: 'Absent', kind: 'annotate.setAbsent' }, (db, frame) => {
		frame?.prompts.forEach((prompt) => deleteRow(db, 'prompt', prompt.promptId));
		const maskId = putBlob(db, emptyMask(video));
		writeFrame(db, { trackId, frameIndex, provenance: 'emptyByHand', maskId, isAnchor: true });
	});
	return { editId, revision };
}

/** Leaves holes that a run may fill. */
export function clearFrames(target: EditTarget, range: FrameRange): EditReceipt {
	const { store, track, trackId } = target;
	const last = range.to - 1;
	const where = last === range.from ? `frame ${last}` : `frames ${range.from} to ${last}`;
	const { editId, revision } = runEdit(store, { name: `Clear ${track.name}, ${where}`, kind: 'annotate.clear' }, (db) =>
		deleteFrames(db, { trackId, from: range.from, to: range.to }),
	);
	return { editId, revision };
}
