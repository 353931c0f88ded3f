/** The oldest Node that our syntax and the native modules run under; better-sqlite3 crashes the process under Node 20. */
const oldestMajor = 24;

/** Ends the process with a sentence where its Node is too old. Entries call it before they import anything else. */
export function requireNode(versions: { node: string } = process.versions): void {
	if (Number.parseInt(versions.node, 10) < oldestMajor) {
		process.stderr.write(
			`Masklet needs Node ${oldestMajor} and brings it along; this is ${versions.node}. Start it by \`npm start\` or \`npm run -s masklet --\`\n`,
		);
		process.exit(1);
	}
}
