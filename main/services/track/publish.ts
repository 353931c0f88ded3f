import { type PassInfo, publishPass, readPass, readTrack, type Store, type TrackRow } from '../../store/index.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

/** Publishes a pass as one edit under a name that says what it carried. @throws run.passUnknown */
export function publish(store: Store, passId: number): void {
	const pass = readPass(store.db, passId);
	if (!pass) {
		throw new StudioError('run.passUnknown', { passId });
	}
	const tracks = pass.trackIds.map((trackId) => readTrack(store.db, trackId)).filter((track) => track !== null);
	publishPass(store, passId, { name: runName(tracks), kind: 'track.propagate' });
}

/** A pass that waits for a decision; a running one belongs to its job. @throws run.passUnknown */
export function interruptedPass(store: Store, passId: number): PassInfo {
	const pass = readPass(store.db, passId);
	if (pass?.state !== 'interrupted') {
		throw new StudioError('run.passUnknown', { passId });
	}
	return pass;
}

/** "Carry dog 1", for the job and for the undo that takes it back. */
export function runName(tracks: readonly TrackRow[]): string {
	const [only] = tracks;
	return tracks.length === 1 && only ? `Carry ${only.name}` : `Carry ${tracks.length} objects`;
}
