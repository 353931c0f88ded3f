import type { Media } from '../../media/media.ts';
import type { MediaSource, ProbedMedia } from '../../media/media-source.ts';

/** Idle sources kept open at once; each holds a file handle and a decoder. */
const IDLE_SOURCES = 4;

/** What is known of a video's source: where it is, and facts and index from the import. */
export type SourceRecord = { path: string; known: ProbedMedia };

export interface Sources {
	/** Works with the open source of a video, which stays open as long as the work lasts. */
	use<T>(videoId: number, work: (source: MediaSource) => Promise<T>): Promise<T>;
	/** Closes one source (its video moved or is gone), or all. */
	close(videoId?: number): Promise<void>;
}

type Entry = { opening: Promise<MediaSource>; userCount: number };

/** The sources of the open project's videos, the most recently used ones kept open. */
export function createSources(deps: {
	media: Media;
	/** Where a video is now; throws a catalogued error where its source is gone. */
	locate: (videoId: number) => Promise<SourceRecord>;
}): Sources {
	const entries = new Map<number, Entry>();

	function enter(videoId: number): Entry {
		const existing = entries.get(videoId);
		const opening =
			existing?.opening ?? deps.locate(videoId).then(({ path, known }) => deps.media.open(path, { known }));
		const entry = existing ?? { opening, userCount: 0 };
		// Re-inserted at the end: the map's order is that of the last use.
		entries.delete(videoId);
		entries.set(videoId, entry);
		entry.userCount++;
		return entry;
	}

	async function closeOne(videoId: number): Promise<void> {
		const entry = entries.get(videoId);
		entries.delete(videoId);
		await entry?.opening.then((source) => source.close()).catch(() => undefined);
	}

	return {
		use: async (videoId, work) => {
			const entry = enter(videoId);
			try {
				return await work(await entry.opening);
			} catch (error) {
				if (await entry.opening.then(isOpen, isFailed)) {
					entries.delete(videoId);
				}
				throw error;
			} finally {
				entry.userCount--;
				const idle = [...entries].filter(([, other]) => other.userCount === 0);
				for (const [idleId] of idle.slice(0, Math.max(0, idle.length - IDLE_SOURCES))) {
					void closeOne(idleId);
				}
			}
		},
		close: async (videoId) => {
			await Promise.all((videoId === undefined ? [...entries.keys()] : [videoId]).map(closeOne));
		},
	};
}

const isOpen = (): boolean => false;
const isFailed = (): boolean => true;
