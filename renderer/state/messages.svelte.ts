export type Tone = 'error' | 'warning' | 'info' | 'good';
export type Message = {
	messageId: number;
	tone: Tone;
	text: string;
	/** How often it was said while it showed. */
	count: number;
	action: { label: string; run: () => void } | null;
};

/** Notes go by themselves, errors stay until they are read. */
const shownMillis: Record<Tone, number | null> = { info: 3_500, good: 5_000, warning: 12_000, error: null };
const mostMessages = 4;

/** Sentences for the person at the screen. */
export class Messages {
	list = $state.raw<readonly Message[]>([]);
	#nextId = 1;

	say(tone: Tone, text: string, action: Message['action'] = null): void {
		const same = this.list.find((message) => message.text === text && message.tone === tone);
		if (same) {
			this.list = this.list.map((message) => (message === same ? { ...same, count: same.count + 1 } : message));
			return;
		}
		const message: Message = { messageId: this.#nextId++, tone, text, count: 1, action };
		this.list = [...this.list, message].slice(-mostMessages);
		const millis = shownMillis[tone];
		if (millis !== null) {
			setTimeout(() => this.dismiss(message.messageId), action ? millis * 2 : millis);
		}
	}

	/** What a failed action has to say. Cancelling is no failure, and of a lost connection the banner tells. */
	report(error: unknown): void {
		if (isCancel(error) || codeOf(error) === 'request.closed') {
			return;
		}
		this.say('error', error instanceof Error && error.message ? error.message : String(error));
	}

	/** Runs an action and reports what goes wrong; null then. */
	async attempt<T>(action: () => Promise<T>): Promise<T | null> {
		try {
			return await action();
		} catch (error) {
			this.report(error);
			return null;
		}
	}

	dismiss(messageId: number): void {
		this.list = this.list.filter((message) => message.messageId !== messageId);
	}

	clear(): void {
		this.list = [];
	}
}

function isCancel(error: unknown): boolean {
	return (error instanceof DOMException && error.name === 'AbortError') || codeOf(error) === 'request.cancelled';
}

function codeOf(error: unknown): unknown {
	return error instanceof Error && 'code' in error ? error.code : null;
}
