import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type ReferenceOptions = {
	python: string;
	imageSize: number;
	width: number;
	height: number;
	frames: number;
	seed: number;
	objectScoreBias: number;
};

/** The reference in a process of its own (sam2_reference.py), asked one thing at a time; answers are milliseconds. */
export class Reference {
	private readonly child: ChildProcess;
	private readonly answers: AsyncIterator<string>;
	private readonly lines: Interface;

	private constructor(options: ReferenceOptions) {
		const { python, imageSize, width, height, frames, seed, objectScoreBias } = options;
		const script = fileURLToPath(new URL('sam2_reference.py', import.meta.url));
		const args = [imageSize, width, height, frames, seed, objectScoreBias].map(String);
		this.child = spawn(python, ['-W', 'ignore', script, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
		this.lines = createInterface(this.child.stdout!);
		this.answers = this.lines[Symbol.asyncIterator]();
	}

	static async start(options: ReferenceOptions): Promise<Reference> {
		const reference = new Reference(options);
		await reference.answer();
		return reference;
	}

	ask(request: { do: string } & Record<string, unknown>): Promise<number> {
		this.child.stdin!.write(`${JSON.stringify(request)}\n`);
		return this.answer();
	}

	close(): void {
		this.lines.close();
		this.child.kill();
	}

	private async answer(): Promise<number> {
		const { value, done } = await this.answers.next();
		if (done === true) {
			throw new Error('the reference ended by itself');
		}
		return JSON.parse(value as string) as number;
	}
}
