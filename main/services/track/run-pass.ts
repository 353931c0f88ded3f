import { damageNotice } from '../../media/index.ts';
import type { MediaSource } from '../../media/media-source.ts';
import { dropPass, interruptPass, type PassInfo, readPass, readVideo, type Store } from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import { isStudioError } from '../../../preload/common/studio-error.ts';
import type { RunResult } from '../../../preload/contract/track.ts';
import type { ServiceContext, Workspace } from '../context.ts';
import type { JobHandle } from '../job/jobs.ts';
import { videoOf } from '../video/find.ts';
import { createPassWriter, type PassCounts } from './pass-writer.ts';
import { publish } from './publish.ts';
import { sweepsOf } from './sweeps.ts';

/**
 * Computes what a running pass still lacks and publishes it. A run that is cancelled or fails publishes what it reached;
 * frames that the file has no picture of are carried on the picture before, and uncertain.
 */
export async function runPass(
	context: ServiceContext,
	run: { workspace: Workspace; passId: number; job: JobHandle },
): Promise<RunResult> {
	const { workspace, passId, job } = run;
	const { store, sources } = workspace;
	const pass = present(readPass(store.db, passId), 'the pass');
	let failure: { error: unknown } | null = null;
	const writer = createPassWriter(context, { store, pass, job });
	try {
		await sources.use(pass.videoId, async (source) => {
			await warnOfOtherDecoder(store, { pass, source, job });
			await goOnWherePossible({ job, flush: writer.flush }, async () => {
				for await (const sweep of sweepsOf(workspace, { pass, job })) {
					for await (const answer of context.inference.track(sweep, { signal: job.signal })) {
						videoOf(store, pass.videoId);
						writer.add(answer, { isReadable: !source.unreadableFrames().includes(answer.frameIndex) });
					}
				}
			});
			const notice = damageNotice(source.unreadableFrames());
			if (notice) {
				job.warn(`${notice}. Masks there are carried on the picture before, and uncertain`);
			}
		});
	} catch (error) {
		failure = { error };
	}
	const counts = finish(store, { pass, flush: writer.flush });
	if (failure && !job.signal.aborted) {
		throw failure.error;
	}
	return { passIds: [passId], ...counts };
}

/**
 * Does the sweeps; where a device crashed, hung or refused, those that are left on the next one, each from the last mask
 * that it reached. So too where another model's work ended the process: once, and again whenever frames were reached
 * since.
 */
async function goOnWherePossible(
	run: { job: JobHandle; flush: () => PassCounts },
	sweep: () => Promise<void>,
): Promise<void> {
	let interruptedAt = -1;
	for (;;) {
		try {
			await sweep();
			return;
		} catch (error) {
			const isInterrupted = isStudioError(error, 'model.interrupted');
			if (!isInterrupted && !isStudioError(error, 'device.gaveWay')) {
				throw error;
			}
			const { frameCount } = run.flush();
			if (isInterrupted && frameCount <= interruptedAt) {
				throw error;
			}
			interruptedAt = isInterrupted ? frameCount : interruptedAt;
			run.job.warn(error.message);
		}
	}
}

/** Another decoder may give slightly other pixels than those that the prompts were made on. */
async function warnOfOtherDecoder(
	store: Store,
	run: { pass: PassInfo; source: MediaSource; job: JobHandle },
): Promise<void> {
	const video = videoOf(store, run.pass.videoId);
	const { name: then } = video.decoder as { name: string };
	const now = await run.source.decoderName();
	if (now !== then) {
		run.job.warn(`${video.name} was imported with ${then} and is decoded with ${now} now; masks may differ slightly`);
	}
}

/**
 * What was reached is kept, however the run ended. Where it cannot be published, or its video was removed meanwhile, it
 * waits as an interrupted pass.
 */
function finish(store: Store, run: { pass: PassInfo; flush: () => PassCounts }): PassCounts & { isPublished: boolean } {
	const { pass } = run;
	try {
		const counts = run.flush();
		const isReached = pass.doneCount + counts.frameCount > 0;
		const isPublished = isReached && readVideo(store.db, pass.videoId) !== null;
		if (isPublished) {
			publish(store, pass.passId);
		} else if (isReached) {
			interruptPass(store, pass.passId);
		} else {
			dropPass(store, pass.passId);
		}
		return { ...counts, isPublished };
	} catch (error) {
		try {
			interruptPass(store, pass.passId);
		} catch {
			// A disk too full even for this: the pass is found the next time the project is opened.
		}
		throw error;
	}
}
