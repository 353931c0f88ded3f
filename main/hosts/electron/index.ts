import { app, dialog } from 'electron';
import { createLog } from '../shared/log.ts';
import { createHostServices } from '../shared/node-services.ts';
import { findProduct } from '../shared/product.ts';
import { userFolders } from '../shared/user-folders.ts';
import { runElectron } from './run.ts';

/** The studio in a window of its own: entry of the Electron host. */
const product = findProduct();
const folders = userFolders();
const log = createLog(folders.data);
const onInternalError = (method: string, error: unknown): void => log.error({ error }, `${method} failed`);

// Not awaited: Electron is ready only after its entry has been loaded.
runElectron({
	product,
	documentsFolder: folders.documents,
	openServices: (deps) => createHostServices({ ...deps, product, folders, log, measuresNewModels: true }),
	onInternalError,
}).catch((error: unknown) => {
	onInternalError('start', error);
	dialog.showErrorBox('Masklet could not start', error instanceof Error ? error.message : String(error));
	app.exit(1);
});
