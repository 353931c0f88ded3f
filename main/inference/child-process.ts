import { isStudioError, StudioError } from '../../preload/common/studio-error.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { openLink, type Link } from '../../preload/rpc/link.ts';
import type { InferenceOptions } from './inference.ts';
import { remote, type ChildMethods, type ParentMethods } from './protocol.ts';
import { SilenceWatch } from './silence-watch.ts';

type ChildOptions = Required<Pick<InferenceOptions, 'spawn' | 'pictureAt' | 'log' | 'silenceLimitMillis'>>;

/** One life of the child. */
type Life = {
	link: Link;
	/** Why it was ended by us; null while it lives and where it died by itself. */
	endedBecause: StudioError | null;
	watch: SilenceWatch;
	/** The model whose step was started last. */
	modelAtWork: string | null;
};

/**
 * The child process as its parent sees it: started on the first call and anew after it died; every call that a death
 * cuts off rejects with a sentence; a child that is stuck is killed.
 */
export class ChildProcess {
	readonly #options: ChildOptions;
	#life: Promise<Life> | null = null;
	#isClosed = false;
	/** Calls and runs under way; the child is watched while there are any. */
	#busy = 0;
	/** Ended once nothing is under way. */
	#isOutdated = false;
	/** What was at work when a call was cut off, by the error that told so. */
	readonly #atWork = new WeakMap<StudioError, string>();

	constructor(options: ChildOptions) {
		this.#options = options;
	}

	/** Calls the child. An aborted call rejects at once with the signal's reason. */
	async call<K extends keyof ChildMethods>(
		method: K,
		input: ChildMethods[K]['input'],
		signal: AbortSignal,
	): Promise<ChildMethods[K]['output']> {
		signal.throwIfAborted();
		const release = this.hold();
		let life: Life | null = null;
		try {
			life = await abortable(this.#alive(), signal);
			life.watch.start();
			return await remote<ChildMethods>(life.link)(method, input, signal);
		} catch (error) {
			signal.throwIfAborted();
			if (!isStudioError(error, 'request.closed') || this.#isClosed) {
				throw error;
			}
			const cut = life?.endedBecause ?? new StudioError('model.processDied', { reason: 'it was ended from outside' });
			if (life !== null && life.modelAtWork !== null) {
				this.#atWork.set(cut, life.modelAtWork);
			}
			throw cut;
		} finally {
			release();
		}
	}

	/** The model that was at work when the child ended, for an error of `call` that tells so; null where none is known. */
	modelAtWork(error: unknown): string | null {
		return isStudioError(error) ? (this.#atWork.get(error) ?? null) : null;
	}

	/** Tells the child, if there is one. */
	notify(name: string, payload: unknown): void {
		void this.#life?.then(
			({ link }) => link.notify(name, payload),
			() => {},
		);
	}

	/** Counts as work under way until released. */
	hold(): () => void {
		this.#busy++;
		return () => {
			this.#busy--;
			if (this.#busy === 0) {
				this.#endOutdated();
				void this.#life?.then(
					({ watch }) => this.#busy === 0 && watch.stop(),
					() => {},
				);
			}
		};
	}

	/** The next call starts another child; the present one ends as soon as nothing is under way. */
	renew(): void {
		this.#isOutdated = this.#life !== null;
		if (this.#busy === 0) {
			this.#endOutdated();
		}
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		const life = await this.#life?.catch(() => null);
		if (life) {
			this.#end(life, new StudioError('request.closed'));
		}
	}

	#endOutdated(): void {
		const life = this.#life;
		if (this.#isOutdated && life !== null) {
			this.#isOutdated = false;
			this.#life = null;
			void life.then(
				({ watch, link }) => {
					watch.stop();
					link.close();
				},
				() => {},
			);
		}
	}

	#alive(): Promise<Life> {
		if (this.#isClosed) {
			return Promise.reject(new StudioError('request.closed'));
		}
		if (this.#life === null) {
			const life = this.#begin();
			this.#life = life;
			life.catch(() => {
				this.#life = null;
			});
		}
		return this.#life;
	}

	async #begin(): Promise<Life> {
		const { log, pictureAt, silenceLimitMillis } = this.#options;
		let channel: Channel;
		try {
			channel = await this.#options.spawn();
		} catch (cause) {
			const reason = cause instanceof Error ? cause.message : String(cause);
			throw new StudioError('model.notStarted', { reason }, { cause });
		}
		log.debug('inference process started');
		const watch = new SilenceWatch({
			limitMillis: silenceLimitMillis,
			ping: () => void life.link.call('ping', null).catch(() => {}),
			onSilent: () => {
				const seconds = Math.round(silenceLimitMillis / 1000);
				log.warn(`inference process gave no sign for ${seconds} s; killing it`);
				this.#end(life, new StudioError('model.processHung', { seconds }));
			},
		});
		const link = openLink(heard(channel, watch), {
			answer: (method, input, signal) => {
				if (method !== 'picture') {
					throw new StudioError('request.unknown', { method });
				}
				const { videoKey, frameIndex } = input as ParentMethods['picture']['input'];
				return pictureAt(videoKey, frameIndex, signal);
			},
			onNotice: (name, payload) => {
				if (name === 'atWork') {
					life.modelAtWork = payload as string;
				}
			},
			onInternalError: (method, error) => log.warn(`inference ${method}: ${String(error)}`),
		});
		const life: Life = { link, endedBecause: null, watch, modelAtWork: null };
		const began = this.#life;
		link.onClose(() => {
			watch.stop();
			if (life.endedBecause === null && this.#life === began) {
				log.warn('inference process died');
			}
			if (this.#life === began) {
				this.#life = null;
			}
		});
		return life;
	}

	#end(life: Life, because: StudioError): void {
		life.endedBecause = because;
		this.#life = null;
		life.watch.stop();
		life.link.close();
	}
}

/** The channel, with every message noted as a sign of life. */
function heard(channel: Channel, watch: SilenceWatch): Channel {
	return {
		post: (message) => channel.post(message),
		listen: (listener) =>
			channel.listen((message) => {
				watch.heard();
				listener(message);
			}),
		onClose: (listener) => channel.onClose(listener),
		close: () => channel.close(),
	};
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	const { promise: aborted, reject } = Promise.withResolvers<never>();
	const abort = () => reject(signal.reason);
	signal.addEventListener('abort', abort, { once: true });
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}
