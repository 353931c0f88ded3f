/** An answer of a web server. Its body is read once, to its end or until `close`. */
export type HttpAnswer = {
	status: number;
	/** A header by its lower-case name. */
	header: (name: string) => string | null;
	/** The bytes as they were sent. Ends early by throwing an `HttpFailure`. */
	body: AsyncIterable<Uint8Array>;
	/** Lets go of the connection. */
	close: () => void;
};

/**
 * Asks one address, through the proxy where one is set. Redirects are answers, nothing is decoded or kept.
 *
 * @throws HttpFailure, or the signal's reason
 */
export type HttpGet = (
	url: URL,
	options: { headers: Readonly<Record<string, string>>; signal: AbortSignal },
) => Promise<HttpAnswer>;

/**
 * What a network does: nobody was reached, nothing came for too long, or the connection broke off. Trying again may
 * help, so it is no `StudioError` yet.
 */
export class HttpFailure extends Error {
	override name = 'HttpFailure';
	readonly kind: 'unreachable' | 'silent' | 'broken' | 'busy';

	constructor(kind: HttpFailure['kind'], reason: string, options?: ErrorOptions) {
		super(reason, options);
		this.kind = kind;
	}
}
