import { StudioError, isStudioError } from '../../preload/common/studio-error.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { DecodedFrame } from '../../preload/rpc/decoder.ts';
import { colourFacts, rgbFromFrame } from './colour.ts';
import type { DecoderConnection } from './decoder-connection.ts';
import { scaledPicture, stretchedPicture } from './encode-picture.ts';
import type { FrameCache } from './frame-cache.ts';
import { FrameDecoder } from './frame-decoder.ts';
import type { FrameIndex } from './frame-index.ts';
import type { MediaFacts, MediaSource, PictureOptions, ProbedMedia } from './media-source.ts';
import { PictureQueue } from './picture-queue.ts';
import type { VideoFile } from './video-file.ts';

/** A video file whose frames come from the decoder page. */
export class FileSource implements MediaSource {
	readonly facts: MediaFacts;
	readonly index: FrameIndex;
	readonly #file: VideoFile;
	readonly #key: string;
	readonly #cache: FrameCache;
	readonly #connection: DecoderConnection;
	readonly #decoder: FrameDecoder;
	readonly #queue = new PictureQueue();
	readonly #closing = new AbortController();
	#lastAsked = -1;
	/** Frames up to here are decoded ahead when nobody waits. */
	#aheadTo = -1;
	#isPumping = false;
	/** The decoder takes one call at a time: the end of the last one. */
	#turn: Promise<void> = Promise.resolve();
	#idleTimer: NodeJS.Timeout | undefined;
	readonly #isFlipped: boolean;

	constructor(options: {
		file: VideoFile;
		isFlipped: boolean;
		probed: ProbedMedia;
		key: string;
		cache: FrameCache;
		connection: DecoderConnection;
	}) {
		this.#file = options.file;
		this.#isFlipped = options.isFlipped;
		this.#key = options.key;
		this.#cache = options.cache;
		this.#connection = options.connection;
		this.facts = options.probed.facts;
		this.index = options.probed.index;
		this.#decoder = new FrameDecoder({ file: options.file, index: this.index, connection: options.connection });
	}

	async picture(frameIndex: number, { signal, maxSide }: PictureOptions = {}): Promise<RgbPicture> {
		if (!Number.isInteger(frameIndex) || frameIndex < 0 || frameIndex >= this.index.frameCount) {
			throw new StudioError('project.frameOutside', { frameIndex, frameCount: this.index.frameCount });
		}
		signal?.throwIfAborted();
		this.#closing.signal.throwIfAborted();
		const frame = this.#cache.get(this.#key, frameIndex) ?? (await this.#decoded(frameIndex, signal));
		this.#planAhead(frameIndex);
		return this.#upright(frame, maxSide);
	}

	unreadableFrames(): number[] {
		return this.#decoder.damage.unreadableFrames();
	}

	async check({ signal, onProgress }: Parameters<MediaSource['check']>[0] & object = {}): Promise<number[]> {
		const { frameCount } = this.index;
		const hasPassed = new Uint8Array(frameCount);
		for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
			if (!hasPassed[frameIndex] && !this.#decoder.damage.isUnreadable(frameIndex)) {
				await this.#inTurn(() =>
					this.#decode(frameIndex, Infinity, signal, (passed) => {
						for (const index of passed) {
							hasPassed[index] = 1;
						}
					}),
				).catch((error: unknown) => {
					if (!isStudioError(error, 'media.frameUnreadable')) {
						throw error;
					}
				});
			}
			onProgress?.(frameIndex + 1, frameCount);
		}
		return this.unreadableFrames();
	}

	decoderName(): Promise<string> {
		return this.#connection.withRestart((session) => session.name());
	}

	async close(): Promise<void> {
		this.#closing.abort(new StudioError('request.cancelled'));
		clearTimeout(this.#idleTimer);
		this.#queue.close();
		await this.#turn;
		this.#decoder.release();
		this.#cache.dropSource(this.#key);
		this.#file[Symbol.dispose]();
	}

	#decoded(frameIndex: number, signal: AbortSignal | undefined): Promise<DecodedFrame> {
		const frame = this.#queue.wait(frameIndex, signal);
		void this.#pump();
		return frame;
	}

	/** Serves who waits, one frame after the other, then decodes ahead. */
	async #pump(): Promise<void> {
		if (this.#isPumping) {
			return;
		}
		this.#isPumping = true;
		clearTimeout(this.#idleTimer);
		try {
			for (;;) {
				const wanted = this.#queue.first();
				if (wanted) {
					const keepFrom = this.#keepFrom(wanted.frameIndex);
					this.#lastAsked = wanted.frameIndex;
					await this.#inTurn(() => this.#decode(wanted.frameIndex, keepFrom, wanted.signal)).catch((error: unknown) =>
						this.#queue.reject(wanted.frameIndex, error),
					);
					continue;
				}
				const ahead = this.#nextAhead();
				if (ahead === undefined) {
					break;
				}
				// Nobody waits for it: an error is told to who asks for the frame.
				await this.#inTurn(() => this.#decode(ahead, ahead, this.#closing.signal)).catch(() => {
					this.#aheadTo = -1;
				});
			}
		} finally {
			this.#isPumping = false;
		}
		this.#idleTimer = setTimeout(() => void this.#inTurn(async () => this.#decoder.release()), idleMillis);
		this.#idleTimer.unref();
	}

	#decode(
		frameIndex: number,
		keepFrom: number,
		signal: AbortSignal | undefined,
		onPassed?: (frameIndexes: number[]) => void,
	): Promise<void> {
		return this.#decoder.decode(frameIndex, {
			keepFrom,
			signal,
			onFrame: (frame) => {
				this.#cache.set(this.#key, frame);
				this.#queue.resolve(frame);
			},
			...(onPassed && { onPassed }),
		});
	}

	#inTurn(work: () => Promise<void>): Promise<void> {
		const done = this.#turn.then(() => {
			this.#closing.signal.throwIfAborted();
			return work();
		});
		this.#turn = done.catch(() => {});
		return done;
	}

	/**
	 * Which of the frames on the way to a wanted one are worth a copy. A step back will be followed by more, and each
	 * would decode from the key packet again: so a stretch before it is kept, as long as the cache can hold twice.
	 */
	#keepFrom(frameIndex: number): number {
		const isStepBack = frameIndex < this.#lastAsked && frameIndex >= this.#lastAsked - nearFrames;
		const count = isStepBack ? Math.min(backwardFrames, this.#fittingFrames() >> 1) : 1;
		return frameIndex - Math.max(count, 1) + 1;
	}

	/** Frames asked for in a row are decoded ahead, bounded. */
	#planAhead(frameIndex: number): void {
		const isRow = frameIndex === this.#lastAsked + 1 || (frameIndex === this.#lastAsked && frameIndex === 0);
		this.#lastAsked = frameIndex;
		this.#aheadTo = isRow
			? Math.min(frameIndex + Math.min(aheadFrames, this.#fittingFrames() >> 2), this.index.frameCount - 1)
			: -1;
		if (this.#nextAhead() !== undefined) {
			void this.#pump();
		}
	}

	#nextAhead(): number | undefined {
		for (let frameIndex = this.#lastAsked + 1; frameIndex <= this.#aheadTo; frameIndex++) {
			if (!this.#cache.has(this.#key, frameIndex) && !this.#decoder.damage.isUnreadable(frameIndex)) {
				return frameIndex;
			}
		}
		return undefined;
	}

	/** Frames of this video that the cache can hold, taken as 4:2:0. */
	#fittingFrames(): number {
		return Math.floor(this.#cache.limitBytes / (this.facts.codedWidth * this.facts.codedHeight * 1.5));
	}

	async #upright(frame: DecodedFrame, maxSide: number | undefined): Promise<RgbPicture> {
		const { facts } = this;
		// ProRes says it in every frame; what browsers say of the others, where the file is silent, is a default.
		const colour =
			facts.colour.isAssumed && frame.matrix !== null && this.#file.codec === 'prores'
				? colourFacts({ matrix: frame.matrix, fullRange: frame.isFullRange }, facts.codedHeight)
				: facts.colour;
		const turn = { rotationDegrees: facts.rotationDegrees, isFlipped: this.#isFlipped };
		let picture = await rgbFromFrame(frame, colour, turn);
		if (picture.width !== facts.width || picture.height !== facts.height) {
			// A stream that changes its size on the way: masks and prompts have the size of the video.
			picture = await stretchedPicture(picture, facts.width, facts.height);
		}
		return maxSide === undefined ? picture : scaledPicture(picture, maxSide);
	}
}

const nearFrames = 16;
const backwardFrames = 64;
const aheadFrames = 8;
/** Decoders hold a score of frames each; they are given back when nobody looks. */
const idleMillis = 30_000;
