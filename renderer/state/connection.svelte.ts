import type { Channel } from '../../preload/rpc/channel.ts';
import { createClient, type ConnectedClient } from '../../preload/rpc/client.ts';

/** Opens a channel to the service, or rejects where none can be had now. */
export type OpenChannel = () => Promise<Channel>;

/** The service is there and does not take this page. */
export class ServiceRefusal extends Error {
	override name = 'ServiceRefusal';
}

const firstDelayMillis = 300;
const longestDelayMillis = 5_000;

/**
 * The way to the service. A lost one is opened again, without end and with growing pauses; everything shown is then
 * read anew, because the state is the service's.
 */
export class Connection {
	status = $state<'connecting' | 'open' | 'lost'>('connecting');
	/** When the next attempt starts, for the banner; null while one is under way. */
	retryAtMillis = $state<number | null>(null);
	/** Why the last attempt failed, where it is more than that nobody answered. */
	reason = $state<string | null>(null);
	#client: ConnectedClient | null = null;
	#delayMillis = firstDelayMillis;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#isStopped = false;
	readonly #openChannel: OpenChannel;
	readonly #onOpen: (client: ConnectedClient) => Promise<void>;
	readonly #onLost: () => void;

	constructor(options: {
		openChannel: OpenChannel;
		/** Reads everything anew; a failure counts as a lost connection. */
		onOpen: (client: ConnectedClient) => Promise<void>;
		onLost: () => void;
	}) {
		this.#openChannel = options.openChannel;
		this.#onOpen = options.onOpen;
		this.#onLost = options.onLost;
	}

	/** The contract. Calls of a lost connection reject with `request.closed`. */
	get client(): ConnectedClient {
		if (!this.#client) {
			throw new Error('The studio is not connected to its service yet. It tries again by itself; wait a moment');
		}
		return this.#client;
	}

	async start(): Promise<void> {
		clearTimeout(this.#timer);
		this.retryAtMillis = null;
		try {
			const client = createClient(await this.#openChannel());
			this.#client = client;
			client.onClose(() => this.#lose(client));
			await this.#onOpen(client);
			if (this.#client === client) {
				this.status = 'open';
				this.reason = null;
				this.#delayMillis = firstDelayMillis;
			}
		} catch (error) {
			this.reason = error instanceof ServiceRefusal ? error.message : null;
			this.#retryLater();
		}
	}

	stop(): void {
		this.#isStopped = true;
		clearTimeout(this.#timer);
		this.#client?.close();
	}

	#lose(client: ConnectedClient): void {
		if (this.#client === client && !this.#isStopped) {
			this.#onLost();
			this.#retryLater();
		}
	}

	#retryLater(): void {
		if (this.#isStopped) {
			return;
		}
		this.status = 'lost';
		clearTimeout(this.#timer);
		this.retryAtMillis = Date.now() + this.#delayMillis;
		this.#timer = setTimeout(() => void this.start(), this.#delayMillis);
		this.#delayMillis = Math.min(longestDelayMillis, this.#delayMillis * 1.7);
	}
}
