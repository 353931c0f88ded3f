import { EnvHttpProxyAgent, request } from 'undici';
import { type HttpAnswer, HttpFailure, type HttpGet } from '../../services/http-get.ts';

/** A server that says nothing for so long is given up. */
const SILENCE_LIMIT_MILLIS = 30_000;

/**
 * Asks web servers, through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name (lower case too). The bytes
 * come as they are: no redirect is followed and nothing is decoded.
 */
export function createHttpGet(options: { silenceLimitMillis?: number } = {}): HttpGet {
	const { silenceLimitMillis = SILENCE_LIMIT_MILLIS } = options;
	return async (url, { headers, signal }): Promise<HttpAnswer> => {
		signal.throwIfAborted();
		// One connection an answer: a cancelled download leaves none, and the proxy is read anew.
		const dispatcher = new EnvHttpProxyAgent({ connect: { timeout: silenceLimitMillis } });
		const close = (): void => void dispatcher.destroy().catch(() => undefined);
		try {
			const timeouts = { headersTimeout: silenceLimitMillis, bodyTimeout: silenceLimitMillis };
			const answer = await request(url, {
				dispatcher,
				headers: { 'user-agent': 'masklet', ...headers },
				signal,
				...timeouts,
			});
			// What comes after `close` is of no interest, nor is its end.
			answer.body.on('error', () => {});
			return {
				status: answer.statusCode,
				header: (name) => {
					const value = answer.headers[name];
					return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
				},
				body: told(answer.body, { signal, silenceLimitMillis }),
				close,
			};
		} catch (error) {
			close();
			throw failureOf(error, { signal, silenceLimitMillis });
		}
	};
}

type Circumstances = { signal: AbortSignal; silenceLimitMillis: number };

async function* told(body: AsyncIterable<Uint8Array>, circumstances: Circumstances): AsyncGenerator<Uint8Array> {
	try {
		yield* body;
	} catch (error) {
		throw failureOf(error, circumstances);
	}
}

function failureOf(error: unknown, { signal, silenceLimitMillis }: Circumstances): unknown {
	if (signal.aborted) {
		return signal.reason;
	}
	const cause = deepestCause(error);
	const code = 'code' in cause ? String(cause.code) : '';
	const seconds = Math.max(1, Math.round(silenceLimitMillis / 1000));
	if (code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT') {
		return new HttpFailure('silent', `nothing came for ${seconds} s`, { cause: error });
	}
	if (code === 'UND_ERR_CONNECT_TIMEOUT') {
		return new HttpFailure('unreachable', `no connection within ${seconds} s`, { cause: error });
	}
	const kind = brokenCodes.has(code) ? 'broken' : 'unreachable';
	const proxyStatus = /^Proxy response \((\d+)\)/.exec(cause.message)?.[1];
	const reason = proxyStatus === undefined ? (reasons[code] ?? cause.message) : `the proxy answers ${proxyStatus}`;
	return new HttpFailure(kind, reason, { cause: error });
}

/** Undici wraps what the system said; of several addresses that failed the first is told. */
function deepestCause(error: unknown): Error {
	let cause = error instanceof Error ? error : new Error(String(error));
	for (;;) {
		const [first]: unknown[] = cause instanceof AggregateError ? cause.errors : [cause.cause];
		if (!(first instanceof Error)) {
			return cause;
		}
		cause = first;
	}
}

/** The connection was there and ended too early. */
const brokenCodes = new Set([
	'ECONNRESET',
	'EPIPE',
	'UND_ERR_SOCKET',
	'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
	'HPE_INVALID_CONSTANT',
	'HPE_INVALID_EOF_STATE',
]);

const certificate = 'its certificate is not trusted here; behind an inspecting proxy set NODE_EXTRA_CA_CERTS';
const reasons: Readonly<Record<string, string>> = {
	ENOTFOUND: 'its name was not found',
	EAI_AGAIN: 'its name was not found',
	ECONNREFUSED: 'the connection was refused',
	ENETUNREACH: 'there is no network',
	EHOSTUNREACH: 'there is no way to it',
	ETIMEDOUT: 'no answer came in time',
	ECONNRESET: 'the connection was reset',
	UND_ERR_SOCKET: 'the connection broke off',
	SELF_SIGNED_CERT_IN_CHAIN: certificate,
	DEPTH_ZERO_SELF_SIGNED_CERT: certificate,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate,
};
