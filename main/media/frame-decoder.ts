import { StudioError } from '../../preload/common/studio-error.ts';
import type { DecodedFrame } from '../../preload/rpc/decoder.ts';
import { StreamDamage } from './stream-damage.ts';
import { DecodeRun, type Step } from './decode-run.ts';
import type { DecoderConnection, DecoderSession } from './decoder-connection.ts';
import type { FrameIndex } from './frame-index.ts';
import { PacketCursor, PacketReadError } from './packet-cursor.ts';
import type { VideoFile } from './video-file.ts';

type DecodeOptions = {
	/** Frames under it that come by are dropped. */
	keepFrom: number;
	onFrame: (frame: DecodedFrame) => void;
	/** Every frame that came by, kept or not. */
	onPassed?: (frameIndexes: number[]) => void;
	signal?: AbortSignal | undefined;
};

/** Decodes wanted frames of one file, one call at a time, and finds out which ones cannot be. */
export class FrameDecoder {
	readonly damage: StreamDamage;
	readonly #file: VideoFile;
	readonly #index: FrameIndex;
	readonly #connection: DecoderConnection;
	readonly #hasOnlyKeys: boolean;
	#runs: DecodeRun[] = [];
	#sessionNumber = 0;
	#useCount = 0;

	constructor(options: { file: VideoFile; index: FrameIndex; connection: DecoderConnection }) {
		this.#file = options.file;
		this.#index = options.index;
		this.#connection = options.connection;
		this.damage = new StreamDamage(options.index);
		this.#hasOnlyKeys = options.index.keyPositions.length === options.index.frameOfPosition.length;
	}

	/** Resolves when the frame came by; rejects with `media.frameUnreadable` where it cannot. */
	async decode(frameIndex: number, options: DecodeOptions): Promise<void> {
		await this.#connection.withRestart(async (session) => {
			if (session.number !== this.#sessionNumber) {
				this.#sessionNumber = session.number;
				this.#runs = [];
			}
			while (!(await this.#tryDecode(session, frameIndex, options))) {
				options.signal?.throwIfAborted();
			}
		});
	}

	/** Gives the decoders' memory back; the next frame opens them again. */
	release(): void {
		for (const run of this.#runs.splice(0)) {
			run.close();
		}
	}

	/** `false`: something broken was found on the way and is known now; try again. */
	async #tryDecode(session: DecoderSession, frameIndex: number, options: DecodeOptions): Promise<boolean> {
		if (this.damage.isUnreadable(frameIndex)) {
			throw new StudioError('media.frameUnreadable', { path: this.#file.path, frameIndex });
		}
		const run = await this.#runTo(session, frameIndex);
		for (;;) {
			options.signal?.throwIfAborted();
			const from = run.nextPosition;
			let step: Step;
			try {
				step = await run.step({
					count: this.#stepCount(frameIndex, from),
					keepFrom: options.keepFrom,
					limitPosition: this.damage.limitFrom(from),
				});
			} catch (error) {
				this.#drop(run);
				if (error instanceof PacketReadError) {
					this.damage.addBrokenPosition(error.position);
					return false;
				}
				throw error;
			}
			for (const frame of step.frames) {
				options.onFrame(frame);
			}
			options.onPassed?.(step.passed);
			if (step.failure !== null) {
				this.#drop(run);
			}
			if (step.passed.includes(frameIndex)) {
				return true;
			}
			if (step.failure !== null) {
				const isFound = await this.#locate(session, run);
				if (!isFound) {
					this.damage.addMissingFrame(frameIndex);
				}
				return false;
			}
			if (run.isEnded || run.lastPassed > frameIndex) {
				this.damage.addMissingFrame(frameIndex);
				return false;
			}
		}
	}

	/** Far from the frame in big steps, near it in small ones, so that it is not waited for behind others. */
	#stepCount(frameIndex: number, from: number): number {
		return this.#hasOnlyKeys ? 1 : Math.min(32, Math.max(4, this.#index.positionOfFrame(frameIndex) - from + 1));
	}

	/** The run that comes by the frame soonest: one under way, else one that starts at its key packet. */
	async #runTo(session: DecoderSession, frameIndex: number): Promise<DecodeRun> {
		const startKey = this.damage.startKeyOfFrame(frameIndex);
		const reaching = this.#runs.filter((run) => run.reaches(frameIndex, startKey));
		let run = reaching.sort((a, b) => b.nextPosition - a.nextPosition)[0];
		if (!run) {
			if (this.#runs.length < maxRuns) {
				run = await this.#openRun(session);
				this.#runs.push(run);
			} else {
				run = this.#runs.reduce((oldest, other) => (other.lastUse < oldest.lastUse ? other : oldest));
			}
			run.seek(startKey);
		}
		run.lastUse = ++this.#useCount;
		return run;
	}

	async #openRun(session: DecoderSession): Promise<DecodeRun> {
		const { path, config } = this.#file;
		const index = this.#index;
		const cursor = new PacketCursor({ index, sink: this.#file.sink(), path });
		return new DecodeRun({ session, streamId: await session.openStream(config), cursor, index });
	}

	#drop(run: DecodeRun): void {
		run.close();
		this.#runs = this.#runs.filter((other) => other !== run);
	}

	/**
	 * Finds the packets at which a run failed. A decoder says that it failed, some packets later, but not where: so the
	 * packets between two key packets are decoded for themselves, ever fewer, until the first refused one is known.
	 */
	async #locate(session: DecoderSession, failed: DecodeRun): Promise<boolean> {
		const { keyPositions, frameOfPosition } = this.#index;
		const lastKey = this.#index.keyAtPosition(failed.nextPosition - 1);
		const firstKey = this.#index.keyAtPosition(Math.max(failed.startPosition, failed.nextPosition - heldPackets));
		let isFound = false;
		for (let key = firstKey; key <= lastKey;) {
			const start = this.damage.strongKey(key);
			const end = keyPositions[key + 1] ?? frameOfPosition.length;
			const isBrokenBefore = this.damage.limitFrom(keyPositions[start]!) < end;
			const refused = isBrokenBefore
				? null
				: await this.#firstRefused(session, { start, from: keyPositions[key]!, end });
			if (refused === null) {
				key++;
				continue;
			}
			isFound = true;
			const isWeak = start === key && (await this.#passesFromBefore(session, key, refused + 1));
			if (isWeak) {
				// Once more from the key packet before it.
				this.damage.addWeakKey(key);
			} else {
				this.damage.addBrokenPosition(refused);
				key++;
			}
		}
		return isFound;
	}

	/** The first packet from `from` to before `end` that is refused after those from the key packet `start` on. */
	async #firstRefused(
		session: DecoderSession,
		{ start, from, end }: { start: number; from: number; end: number },
	): Promise<number | null> {
		if (!(await this.#failsUpTo(session, start, end))) {
			return null;
		}
		let passes = from;
		let fails = end;
		while (fails - passes > 1) {
			const middle = (passes + fails) >> 1;
			if (await this.#failsUpTo(session, start, middle)) {
				fails = middle;
			} else {
				passes = middle;
			}
		}
		return fails - 1;
	}

	/** Whether packets that are refused after their own key packet are taken after the one before it. */
	async #passesFromBefore(session: DecoderSession, key: number, limitPosition: number): Promise<boolean> {
		const before = this.damage.strongKey(key - 1);
		return (
			key > 0 &&
			this.damage.limitFrom(this.#index.keyPositions[before]!) >= limitPosition &&
			!(await this.#failsUpTo(session, before, limitPosition))
		);
	}

	/** Whether the packets from a key packet to before a position are refused. */
	async #failsUpTo(session: DecoderSession, key: number, limitPosition: number): Promise<boolean> {
		const run = await this.#openRun(session);
		try {
			run.seek(key);
			while (!run.isEnded) {
				const { failure } = await run.step({ count: 32, keepFrom: Infinity, limitPosition });
				if (failure !== null) {
					return true;
				}
			}
			return false;
		} catch (error) {
			if (error instanceof PacketReadError) {
				return true;
			}
			throw error;
		} finally {
			run.close();
		}
	}
}

/** One for a run through the video and one for a person who steps about meanwhile. */
const maxRuns = 2;

/** A decoder may hold this many packets before it says that one of them was broken. */
const heldPackets = 128;
