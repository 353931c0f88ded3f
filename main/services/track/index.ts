import {
	dropPass,
	frameMasks,
	insertRow,
	interruptedPasses,
	listLabels,
	listTracks,
	readLane,
	readTrack,
	removeTrack,
	runEdit,
	type Store,
	type TrackRow,
	updateRow,
} from '../../store/index.ts';
import { nextColour } from '../../../preload/common/palette.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { Track } from '../../../preload/contract/track.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import { unlockedTrack } from '../annotate/target.ts';
import type { ServiceContext } from '../context.ts';
import { definedOf } from '../defined.ts';
import { checkFrame, videoOf } from '../video/find.ts';
import { interruptedPass, publish } from './publish.ts';
import { startResume, startRun } from './run.ts';

export function createTrackService(context: ServiceContext): ServiceHandlers<'track'> {
	return {
		list: ({ videoId }) => {
			const { store } = context.project();
			videoOf(store, videoId);
			return listTracks(store.db, videoId).map(wireTrack);
		},
		lane: ({ trackId }) => {
			const lane = readLane(context.project().store.db, trackId, { withPreview: true });
			if (!lane) {
				throw new StudioError('project.trackUnknown', { trackId });
			}
			return lane;
		},
		frame: ({ videoId, frameIndex }) => {
			const { store } = context.project();
			checkFrame(videoOf(store, videoId), frameIndex);
			return frameMasks(store.db, { videoId, frameIndex, withPreview: true }).map((record) => ({
				trackId: record.trackId,
				frameIndex,
				mask: record.mask,
				provenance: record.provenance,
				isAnchor: record.isAnchor,
				isPending: record.isPending,
				isPreview: record.isPreview,
				isUncertain: record.isUncertain,
				scores: {
					predictedIou: record.predictedIou,
					objectScore: record.objectScore,
					stability: record.stability,
				},
				prompts: record.prompts.map(({ promptId, prompt }) => ({ promptId, prompt })),
			}));
		},
		create: ({ videoId, name, labelId, colour }) => {
			const { store } = context.editable();
			videoOf(store, videoId);
			const label = labelOf(store, labelId ?? null);
			const tracks = listTracks(store.db, videoId);
			const row = {
				videoId,
				name: name ?? freeName(label?.name ?? 'object', tracks),
				labelId: labelId ?? null,
				colour: colour ?? nextColour(tracks.map((track) => track.colour)),
				position: Math.max(-1, ...tracks.map((track) => track.position)) + 1,
				isVisible: true,
				isLocked: false,
				verdict: 'draft' as const,
				type: 'manual' as const,
			};
			const { value: trackId } = runEdit(store, { name: `Add ${row.name}`, kind: 'track.create' }, (db) =>
				insertRow(db, 'track', row),
			);
			return wireTrack({ ...row, trackId });
		},
		update: ({ trackId, ...patch }) => {
			const { store } = context.editable();
			const track = trackOf(store, trackId);
			labelOf(store, patch.labelId ?? null);
			runEdit(store, { name: `Change ${track.name}`, kind: 'track.update' }, (db) =>
				updateRow(db, 'track', trackId, definedOf(patch)),
			);
			return null;
		},
		remove: ({ trackId }) => {
			const { store } = context.editable();
			const track = unlockedTrack(store, trackId);
			runEdit(store, { name: `Delete ${track.name}`, kind: 'track.remove' }, (db) => removeTrack(db, trackId));
			return null;
		},
		propagate: (input) => startRun(context, input),
		interruptedPasses: () =>
			interruptedPasses(context.project().store.db).map(({ passId, videoId, ...pass }) => ({
				passId,
				videoId,
				trackIds: pass.trackIds,
				modelId: pass.modelId,
				state: pass.state,
				doneCount: pass.doneCount,
				totalCount: pass.totalCount,
			})),
		resumePass: ({ passId }) => startResume(context, passId),
		publishPass: ({ passId }) => {
			const { store } = context.editable();
			interruptedPass(store, passId);
			publish(store, passId);
			return null;
		},
		dropPass: ({ passId }) => {
			const { store } = context.editable();
			interruptedPass(store, passId);
			dropPass(store, passId);
			return null;
		},
	};
}

/** What the contract tells of a track. */
function wireTrack(row: Omit<TrackRow, 'removedEditId'>): Track {
	const { trackId, videoId, name, labelId, colour, isVisible, isLocked, verdict, position } = row;
	return { trackId, videoId, name, labelId, colour, isVisible, isLocked, verdict, position };
}

function trackOf(store: Store, trackId: number): TrackRow {
	const track = readTrack(store.db, trackId);
	if (!track) {
		throw new StudioError('project.trackUnknown', { trackId });
	}
	return track;
}

function labelOf(store: Store, labelId: number | null): { name: string } | null {
	if (labelId === null) {
		return null;
	}
	const label = listLabels(store.db).find((candidate) => candidate.labelId === labelId);
	if (!label) {
		throw new StudioError('track.labelUnknown', { labelId });
	}
	return label;
}

/** "dog 1", "dog 2": the first number that no track of the video has. */
function freeName(stem: string, tracks: readonly { name: string }[]): string {
	const taken = new Set(tracks.map((track) => track.name));
	let number = 1;
	while (taken.has(`${stem} ${number}`)) {
		number++;
	}
	return `${stem} ${number}`;
}
