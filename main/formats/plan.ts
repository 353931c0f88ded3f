import { existsSync } from 'node:fs';
import { assert } from '../../preload/common/assert.ts';
import { laneCodeOf, type LaneCodes } from '../../preload/common/masklet.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import { fileStem } from './file-names.ts';
import type { TrackFacts, VideoRecord } from './record.ts';
import type { WriteOptions } from './write-options.ts';

/** What every exporter works out before it asks for a mask. */
export type Layout = {
	stem: string;
	every: number;
	/** Half-open. */
	from: number;
	to: number;
	/** Without the rejected ones, in the order of the record. */
	tracks: TrackFacts[];
	/** Of `tracks`, in their order. */
	lanes: LaneCodes[];
	/** Holes on the exported frames, over all tracks. */
	holeCount: number;
	warnings: string[];
};

const editedCodes = new Set((['prompted', 'edited', 'emptyByHand'] as const).map(laneCodeOf));

/** @throws export.every, export.range, export.noTracks, export.holes (strict) */
export async function layOut(record: VideoRecord, options: WriteOptions): Promise<Layout> {
	const { video } = record;
	const every = options.every ?? 1;
	if (!Number.isInteger(every) || every < 1) {
		throw new StudioError('export.every', { every });
	}
	const { from, to } = options.range ?? { from: 0, to: video.frameCount };
	if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from >= to || to > video.frameCount) {
		throw new StudioError('export.range', { from, to, frameCount: video.frameCount });
	}
	const tracks = record.tracks.filter((track) => track.verdict !== 'rejected');
	if (tracks.length === 0) {
		throw new StudioError('export.noTracks', { name: video.name });
	}
	const lanes: LaneCodes[] = [];
	for (const track of tracks) {
		const lane = await record.laneOf(track.trackId);
		assert(lane.length === video.frameCount, `lane of ${lane.length} frames for ${video.frameCount}`);
		lanes.push(lane);
	}
	const holes = lanes.map((lane) => countHoles(lane, { every, from, to }));
	const holeCount = holes.reduce((sum, count) => sum + count, 0);
	if (holeCount > 0 && options.isStrict) {
		throw new StudioError('export.holes', { count: holeCount, name: video.name });
	}
	const warnings: string[] = [];
	if (holeCount > 0) {
		const parts = tracks.flatMap((track, index) => (holes[index]! > 0 ? [`${track.name}: ${holes[index]}`] : []));
		warnings.push(
			`${holeCount} ${holeCount === 1 ? 'frame was' : 'frames were'} never annotated and exported as empty ` +
				`(${parts.join(', ')})`,
		);
	}
	const rejected = record.tracks.filter((track) => track.verdict === 'rejected');
	if (rejected.length > 0) {
		warnings.push(`Rejected objects are left out: ${rejected.map((track) => track.name).join(', ')}`);
	}
	return { stem: options.stem ?? fileStem(video.name), every, from, to, tracks, lanes, holeCount, warnings };
}

/**
 * How many entries a person edited. Entry i stands for frames iK to iK + K - 1, so an edit between two exported frames
 * counts for the entry before it; with K = 1 this is the number of edited frames.
 */
export function countEditedEntries(lane: LaneCodes, layout: { every: number; from: number; to: number }): number {
	let count = 0;
	let lastEntry = -1;
	for (let frameIndex = layout.from; frameIndex < layout.to; frameIndex++) {
		const entry = Math.floor(frameIndex / layout.every);
		if (entry !== lastEntry && editedCodes.has(lane[frameIndex]!)) {
			count++;
			lastEntry = entry;
		}
	}
	return count;
}

/** @throws file.exists unless forced; asked before work begins, and again, safely, when the files are put in place */
export function refuseExisting(paths: string[], options: { isForced?: boolean }): void {
	for (const path of paths) {
		if (!options.isForced && existsSync(path)) {
			throw new StudioError('file.exists', { path });
		}
	}
}

function countHoles(lane: LaneCodes, layout: { every: number; from: number; to: number }): number {
	let count = 0;
	for (let at = Math.ceil(layout.from / layout.every) * layout.every; at < layout.to; at += layout.every) {
		if (lane[at] === 0) {
			count++;
		}
	}
	return count;
}
