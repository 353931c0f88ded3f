/** Errors of fetching official checkpoints: code -> sentence. */
export const downloadErrors = {
	'model.notOfficial': (data: { catalogueId: string; known: string[] }) =>
		`There is no official checkpoint "${data.catalogueId}". There are: ${data.known.join(', ')}`,
	'model.badCatalogue': (data: { path: string; reason: string }) =>
		`The list of official checkpoints cannot be read: ${data.reason}. Install Masklet again, or correct the list that MASKLET_MODELS names: ${data.path}`,
	'model.unsafeAddress': (data: { url: string }) =>
		`Checkpoints are fetched over https alone; this address is not of that kind: ${data.url}`,
	'model.getRunning': (data: { name: string }) =>
		`${data.name} is being fetched already, by this Masklet or another one. Wait until that has ended`,
	'model.noSpace': (data: { neededBytes: number; freeBytes: number; path: string }) =>
		`This needs ${megabytes(data.neededBytes)} of free space, and there are ${megabytes(data.freeBytes)}. Free some and get it again: ${data.path}`,
	'model.unreachable': (data: { url: string; path: string; reason: string }) =>
		`${hostOf(data.url)} cannot be reached: ${data.reason}. Check the network or the proxy (HTTPS_PROXY) and get it again. ${elsewhere(data)}`,
	'model.brokenOff': (data: { url: string; path: string; reason: string; receivedBytes: number }) =>
		`The download from ${hostOf(data.url)} ended: ${data.reason}. ${megabytes(data.receivedBytes)} are kept; get it again to go on. ${elsewhere(data)}`,
	'model.refused': (data: { url: string; status: number }) =>
		`The server does not give this file: it answers ${data.status}. Get it again later; if it stays so, the publisher has moved it and a newer Masklet may know where: ${data.url}`,
	'model.redirects': (data: { url: string; limit: number }) =>
		`The server sends on to other addresses more than ${data.limit} times. Get it again later: ${data.url}`,
	'model.sizeUnlikely': (data: { url: string; foundBytes: number; expectedBytes: number }) =>
		`The checkpoint has about ${megabytes(data.expectedBytes)}; what the server sends has ${megabytes(data.foundBytes)}. A sign-in page of the network may stand before it; sign in and get it again: ${data.url}`,
	'model.badDownload': (data: { url: string; reason: string }) =>
		`What came is not the checkpoint that was expected, and was deleted. ${data.reason}. It came from ${data.url}`,
	'model.badFile': (data: { path: string; reason: string }) =>
		`The file that stands where the download goes is not the checkpoint that was expected. ${data.reason}. Remove it and get it again: ${data.path}`,
	'model.otherNetwork': (data: { expected: string; found: string }) =>
		`These are the weights of ${data.found}, not of ${data.expected}`,
	'model.otherSum': (data: { received: string; read: string }) =>
		`The file on the disk is not what came over the network (SHA-256 ${data.read} instead of ${data.received}); the disk may be failing`,
} as const;

function megabytes(bytes: number): string {
	const value = bytes / 1e6;
	return `${value < 10 ? value.toFixed(1) : Math.round(value)} MB`;
}

function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).host : url;
}

function elsewhere(data: { url: string; path: string }): string {
	return `Or fetch ${data.url} on another machine and put the file at ${data.path}, then get it again; "models add FILE" takes it from any place`;
}
