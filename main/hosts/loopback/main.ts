import { createLog } from '../shared/log.ts';
import { createNodeServices } from '../shared/node-services.ts';
import { findProduct } from '../shared/product.ts';
import { userFolders } from '../shared/user-folders.ts';
import { runLoopback } from './run.ts';

/** The studio in a browser: entry of the loopback host. */
const product = findProduct();
const folders = userFolders();
const log = createLog(folders.data);
const onInternalError = (method: string, error: unknown): void => log.error({ error }, `${method} failed`);

const running = await runLoopback({
	words: process.argv.slice(2),
	version: product.version,
	rendererFolder: product.rendererFolder,
	dataFolder: folders.data,
	openServices: () =>
		createNodeServices({
			host: {
				kind: 'loopback',
				version: product.version,
				platform: process.platform,
				hasDialogs: false,
				hasDropPaths: false,
				documentsFolder: folders.documents,
			},
			product,
			folders,
			log,
			measuresNewModels: true,
		}),
	environment: process.env,
	platform: process.platform,
	print: (line) => void process.stdout.write(`${line}\n`),
	onInternalError,
});

if (running) {
	let isClosing = false;
	const end = (signal: NodeJS.Signals): void => {
		if (isClosing) {
			// Asked twice: a person does not want to wait. What is saved is safe.
			process.exit(1);
		}
		isClosing = true;
		log.info(`closing after ${signal}`);
		running.close().then(
			() => process.exit(0),
			(error: unknown) => {
				onInternalError('close', error);
				process.exit(1);
			},
		);
	};
	process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end);
}
