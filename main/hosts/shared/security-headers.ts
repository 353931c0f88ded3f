/** Only our own files run; pictures and workers may come from blobs that our own pages make. */
const policy = [
	"default-src 'self'",
	// Decoders for codecs that the browser lacks are WebAssembly.
	"script-src 'self' 'wasm-unsafe-eval'",
	"style-src 'self' 'unsafe-inline'",
	"img-src 'self' blob: data:",
	"media-src 'self' blob:",
	"font-src 'self' data:",
	"worker-src 'self' blob:",
	"connect-src 'self'",
	"object-src 'none'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join('; ');

/** On every answer of every host. */
export const securityHeaders: Readonly<Record<string, string>> = {
	'content-security-policy': policy,
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'same-origin',
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
};
