/** What a file browser is opened for. */
export type BrowsePurpose = 'importMedia' | 'importFolder' | 'openProject' | 'newProject' | 'exportFolder';

/** The one thing that lies over the studio; null is nothing. */
export type DialogRequest =
	| { kind: 'newProject' }
	| { kind: 'browse'; purpose: BrowsePurpose; startFolder: string | null; resolve: (paths: string[]) => void }
	| { kind: 'problems'; title: string; problems: readonly { path: string; message: string }[] }
	| { kind: 'export' }
	| { kind: 'propagate' }
	| { kind: 'goto' }
	| { kind: 'devices' }
	| { kind: 'palette' }
	| { kind: 'keys' };
