import { setTimeout } from 'node:timers/promises';
import { type HttpAnswer, HttpFailure, type HttpGet } from '../../http-get.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import { ask, contentRangeOf, lengthOf, validatorOf } from './answer.ts';
import { openPartial, type PartialFile } from './partial-file.ts';
import { TransferRate } from './rate.ts';

/** Waits before a broken download is tried again; as many times in a row without a byte, and it ends. */
const RETRY_MILLIS: readonly number[] = [1_000, 4_000];

export type DownloadProgress = { receivedBytes: number; totalBytes: number; bytesPerSecond: number | null };

export type DownloadRequest = {
	url: string;
	/** Where the file goes once it is whole. */
	path: string;
	/** A file of another size is not the one that is meant. */
	sizeBytes: { expected: number; atLeast: number; atMost: number };
	/** Throws where an address may not be asked. */
	checkAddress: (url: URL) => void;
	httpGet: HttpGet;
	now: () => number;
	retryMillis?: readonly number[];
	signal: AbortSignal;
	onProgress: (progress: DownloadProgress) => void;
	/** It broke off and is tried again. */
	onRetry?: (reason: string) => void;
};

/**
 * Fetches a file into its place, going on where an earlier time broke off. What has come is kept whatever happens.
 *
 * @throws model.unreachable, model.brokenOff, model.refused, model.sizeUnlikely, model.redirects, model.unsafeAddress,
 * disk.full, file.denied; or the signal's reason
 */
export async function download(request: DownloadRequest): Promise<{ sizeBytes: number; sha256: string }> {
	const { url, path, signal, retryMillis = RETRY_MILLIS } = request;
	const file = await openPartial(path, { url, signal });
	const receivedAtStart = file.receivedBytes;
	const rate = new TransferRate(request.now);
	try {
		for (let failureCount = 0; ;) {
			const receivedBefore = file.receivedBytes;
			try {
				await receive(file, rate, request);
				await checkWhole(file, request);
				return await file.finish();
			} catch (error) {
				signal.throwIfAborted();
				if (!(error instanceof HttpFailure)) {
					throw error;
				}
				failureCount = file.receivedBytes > receivedBefore ? 0 : failureCount;
				// Who has no network is told at once.
				const isOffline = error.kind === 'unreachable' && file.receivedBytes === receivedAtStart;
				const waitMillis = isOffline ? undefined : retryMillis[failureCount++];
				if (waitMillis === undefined) {
					throw sentenceOf(error, file, request);
				}
				request.onRetry?.(error.message);
				await setTimeout(waitMillis, undefined, { signal }).catch(() => signal.throwIfAborted());
			}
		}
	} finally {
		await file.close();
	}
}

/** Asks for the rest and takes it. */
async function receive(file: PartialFile, rate: TransferRate, request: DownloadRequest): Promise<void> {
	const from = file.validator === null ? 0 : file.receivedBytes;
	const going: Record<string, string> = from === 0 ? {} : { range: `bytes=${from}-`, 'if-range': file.validator! };
	const answer = await ask(request.url, { ...request, headers: { 'accept-encoding': 'identity', ...going } });
	try {
		if (answer.status === 200) {
			const totalBytes = lengthOf(answer);
			if (totalBytes !== null && !isLikely(totalBytes, request)) {
				throw unlikely(totalBytes, request);
			}
			await file.restart({ validator: validatorOf(answer), totalBytes });
		} else if (answer.status === 416 && from > 0 && contentRangeOf(answer)?.totalBytes === from) {
			return;
		} else if (!isRestOf(answer, file, from)) {
			// Of another version, of another place, or beyond its end: what is there is of no use.
			await file.restart({ validator: null, totalBytes: null });
			throw new HttpFailure('broken', 'another part came than was asked for');
		}
		await take(answer, { file, rate, request });
	} finally {
		answer.close();
	}
}

function isRestOf(answer: HttpAnswer, file: PartialFile, from: number): boolean {
	const range = contentRangeOf(answer);
	const validator = validatorOf(answer);
	return (
		answer.status === 206 &&
		from > 0 &&
		range?.from === from &&
		(range.totalBytes === null || file.totalBytes === null || range.totalBytes === file.totalBytes) &&
		(validator === null || validator === file.validator)
	);
}

async function take(
	answer: HttpAnswer,
	{ file, rate, request }: { file: PartialFile; rate: TransferRate; request: DownloadRequest },
): Promise<void> {
	const tell = (): void =>
		request.onProgress({
			receivedBytes: file.receivedBytes,
			totalBytes: file.totalBytes ?? Math.max(file.receivedBytes, request.sizeBytes.expected),
			bytesPerSecond: rate.bytesPerSecond(),
		});
	tell();
	for await (const bytes of answer.body) {
		request.signal.throwIfAborted();
		if (file.receivedBytes + bytes.length > (file.totalBytes ?? request.sizeBytes.atMost)) {
			const found = file.receivedBytes + bytes.length;
			await file.restart({ validator: null, totalBytes: null });
			throw unlikely(found, request);
		}
		await file.append(bytes);
		rate.add(bytes.length);
		tell();
	}
	if (file.totalBytes !== null && file.receivedBytes < file.totalBytes) {
		throw new HttpFailure('broken', 'the connection broke off');
	}
}

async function checkWhole(file: PartialFile, request: DownloadRequest): Promise<void> {
	const foundBytes = file.receivedBytes;
	if (!isLikely(foundBytes, request)) {
		await file.restart({ validator: null, totalBytes: null });
		throw unlikely(foundBytes, request);
	}
}

function isLikely(foundBytes: number, { sizeBytes }: DownloadRequest): boolean {
	return foundBytes >= sizeBytes.atLeast && foundBytes <= sizeBytes.atMost;
}

function unlikely(foundBytes: number, { url, sizeBytes }: DownloadRequest): StudioError {
	return new StudioError('model.sizeUnlikely', { url, foundBytes, expectedBytes: sizeBytes.expected });
}

function sentenceOf(failure: HttpFailure, file: PartialFile, { url, path }: DownloadRequest): StudioError {
	const { receivedBytes } = file;
	return failure.kind === 'unreachable' && receivedBytes === 0
		? new StudioError('model.unreachable', { url, path, reason: failure.message }, { cause: failure })
		: new StudioError('model.brokenOff', { url, path, receivedBytes, reason: failure.message }, { cause: failure });
}
