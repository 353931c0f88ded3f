import { readTrack, runEdit, updateRow } from '../../store/index.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { ServiceContext } from '../context.ts';

export function createReviewService(context: ServiceContext): ServiceHandlers<'review'> {
	return {
		setVerdict: ({ trackId, verdict }) => {
			const { store } = context.editable();
			const track = readTrack(store.db, trackId);
			if (!track) {
				throw new StudioError('project.trackUnknown', { trackId });
			}
			const name = `Verdict on ${track.name}: ${verdict}`;
			runEdit(store, { name, kind: 'review.setVerdict' }, (db) => updateRow(db, 'track', trackId, { verdict }));
			return null;
		},
	};
}
