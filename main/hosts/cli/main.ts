import { pino } from 'pino';
import { createNodeServices } from '../shared/node-services.ts';
import { findProduct } from '../shared/product.ts';
import { userFolders } from '../shared/user-folders.ts';
import { runCommandLine } from './program.ts';

/** The command line: `masklet annotate VIDEO ...`. Its log goes to standard error. */
const product = findProduct();
const folders = userFolders();

process.exitCode = await runCommandLine(process.argv.slice(2), {
	version: product.version,
	createServices: () =>
		createNodeServices({
			host: {
				kind: 'cli',
				version: product.version,
				platform: process.platform,
				hasDialogs: false,
				hasDropPaths: true,
				documentsFolder: folders.documents,
			},
			product,
			folders,
			log: pino({ level: process.env.MASKLET_LOG ?? 'error' }, pino.destination(2)),
		}),
});
