import type { Media } from '../../media/media.ts';
import type { MediaSource, ProbedMedia } from '../../media/media-source.ts';

/** Idle sources kept open at once; each holds a file handle and a decoder. */
const IDLE_SOURCES = 4;

/** What is known of a video's source: where it is, and facts and index from the import. */
export type SourceRecord = { path: string; known: ProbedMedia };

export interface Sources {
	/** Works with the open source of a video, which stays open as long as the work lasts. */
	use<T>(videoId: number, work: (source: MediaSource) => Promise<T>): Promise<T>;
	/** Lets go of one source (its video moved or is gone), which closes after its last user; or closes all at once. */
	close(videoId?: number): Promise<void>;
}

type Entry = { opening: Promise<MediaSource>; userCount: number; isLetGo: boolean };

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
		const entry = existing ?? { opening, userCount: 0, isLetGo: false };
		// Re-inserted at the end: the map's order is that of the last use.
		entries.delete(videoId);
		entries.set(videoId, entry);
		entry.userCount++;
		return entry;
	}

	async function letGo(videoId: number): Promise<void> {
		const entry = entries.get(videoId);
		if (entry) {
			entries.delete(videoId);
			entry.isLetGo = true;
			if (entry.userCount === 0) {
				await closeEntry(entry);
			}
		}
	}

	async function closeAll(): Promise<void> {
		const all = [...entries.values()];
		entries.clear();
		await Promise.all(all.map(closeEntry));
	}

	return {
		use: async (videoId, work) => {
			const entry = enter(videoId);
			try {
				return await work(await entry.opening);
			} catch (error) {
				if ((await entry.opening.then(isOpen, isFailed)) && entries.get(videoId) === entry) {
					entries.delete(videoId);
				}
				throw error;
			} finally {
				entry.userCount--;
				if (entry.isLetGo && entry.userCount === 0) {
					void closeEntry(entry);
				}
				const idle = [...entries].filter(([, other]) => other.userCount === 0);
				for (const [idleId] of idle.slice(0, Math.max(0, idle.length - IDLE_SOURCES))) {
					void letGo(idleId);
				}
			}
		},
		close: (videoId) => (videoId === undefined ? closeAll() : letGo(videoId)),
	};
}

async function closeEntry(entry: Entry): Promise<void> {
	await entry.opening.then((source) => source.close()).catch(() => undefined);
}

const isOpen = (): boolean => false;
const isFailed = (): boolean => true;
