import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may speak to the server: a request must name this machine in `Host` (a page that rebinds its own name to
 * 127.0.0.1 cannot), come from our own page or from no page at all, and carry the token, in a cookie or in the query.
 */
export type Access = {
	/** Why the request is refused; null where it may pass. */
	refusal(request: IncomingMessage): 'host' | 'origin' | 'token' | null;
	/** The query carries the token: the first load of a person's browser. */
	hasTokenInQuery(request: IncomingMessage): boolean;
	/** For `Set-Cookie`. */
	cookie: string;
};

export function createAccess(token: string, port: () => number): Access {
	// Cookies are shared by all ports of a host.
	const cookieName = () => `masklet_${port()}`;
	const isToken = (given: string | null | undefined): boolean => {
		const bytes = Buffer.from(given ?? '');
		const wanted = Buffer.from(token);
		return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
	};
	const hasTokenInQuery = (request: IncomingMessage) => isToken(urlOf(request)?.searchParams.get('token'));
	return {
		refusal(request) {
			if (!isLocalHost(request.headers.host)) {
				return 'host';
			}
			if (!isOwnOrigin(request)) {
				return 'origin';
			}
			return hasTokenInQuery(request) || isToken(cookieOf(request, cookieName())) ? null : 'token';
		},
		hasTokenInQuery,
		get cookie() {
			return `${cookieName()}=${token}; HttpOnly; SameSite=Strict; Path=/`;
		},
	};
}

/** The request's address; undefined where it is none. */
export function urlOf(request: IncomingMessage): URL | undefined {
	const path = request.url ?? '/';
	return path.startsWith('/') ? (URL.parse(`http://127.0.0.1${path}`) ?? undefined) : undefined;
}

/** Any port: a tunnel may end on another one. */
function isLocalHost(host: string | undefined): boolean {
	return /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host ?? '');
}

function isOwnOrigin({ headers }: IncomingMessage): boolean {
	const site = headers['sec-fetch-site'];
	// `none`: typed, or a link from outside of any page. Other ports of this machine are `same-site`.
	const isOwnSite = site === undefined || site === 'same-origin' || site === 'none' || isNavigation(headers);
	return isOwnSite && (headers.origin === undefined || headers.origin === `http://${headers.host}`);
}

/** A link on another page that opens the studio shows it to the person alone; that page sees nothing of it. */
function isNavigation(headers: IncomingMessage['headers']): boolean {
	return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
	const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
	return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
