/*
 * Writes what torch.save writes: a zip of stored entries, one a pickle that speaks of the others. For tests alone.
 */

export type FileTensor = { shape: readonly number[]; data: () => Float32Array };

/** {'model': OrderedDict of the tensors}, float32. */
export function torchFile(tensors: ReadonlyMap<string, FileTensor>): Uint8Array {
	const pickle = new PickleWriter();
	pickle.bytes(0x80, 2).ascii('}').text('model').global('collections', 'OrderedDict').ascii(')R(');
	const entries: { name: string; data: Uint8Array }[] = [];
	[...tensors].forEach(([key, tensor], index) => {
		const data = tensor.data();
		pickle.text(key).global('torch._utils', '_rebuild_tensor_v2').ascii('((').text('storage');
		pickle.global('torch', 'FloatStorage').text(`${index}`).text('cpu').integer(data.length).ascii('tQ');
		pickle.integer(0).integers(tensor.shape).integers(strides(tensor.shape));
		pickle.bytes(0x89).global('collections', 'OrderedDict').ascii(')RtR');
		entries.push({
			name: `archive/data/${index}`,
			data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
		});
	});
	pickle.ascii('us.');
	return storedZip([{ name: 'archive/data.pkl', data: pickle.finish() }, ...entries]);
}

/** A zip with a pickle of these bytes. */
export function pickleFile(pickle: Uint8Array, others: { name: string; data: Uint8Array }[] = []): Uint8Array {
	return storedZip([{ name: 'archive/data.pkl', data: pickle }, ...others]);
}

/** A zip archive of stored entries; `method` lies about how they are stored. */
export function storedZip(entries: readonly { name: string; data: Uint8Array }[], method = 0): Uint8Array {
	const parts: Uint8Array[] = [];
	const directory: Uint8Array[] = [];
	let offset = 0;
	for (const { name, data } of entries) {
		const nameBytes = new TextEncoder().encode(name);
		const shared = [u16(20), u16(0), u16(method), u32(0), u32(0), u32(data.length), u32(data.length)];
		const header = joined([u32(0x04034b50), ...shared, u16(nameBytes.length), u16(0), nameBytes]);
		const attributes = joined([u16(nameBytes.length), u16(0), u16(0), u16(0), u16(0), u32(0), u32(offset)]);
		directory.push(joined([u32(0x02014b50), u16(20), ...shared, attributes, nameBytes]));
		parts.push(header, data);
		offset += header.length + data.length;
	}
	const directoryBytes = joined(directory);
	const counts = [u16(0), u16(0), u16(entries.length), u16(entries.length)];
	return joined([
		...parts,
		directoryBytes,
		u32(0x06054b50),
		...counts,
		u32(directoryBytes.length),
		u32(offset),
		u16(0),
	]);
}

export class PickleWriter {
	private readonly parts: number[] = [];

	bytes(...values: number[]): this {
		this.parts.push(...values);
		return this;
	}

	ascii(text: string): this {
		return this.bytes(...new TextEncoder().encode(text));
	}

	text(text: string): this {
		const bytes = new TextEncoder().encode(text);
		return this.ascii('X').bytes(...u32(bytes.length), ...bytes);
	}

	global(module: string, name: string): this {
		return this.ascii(`c${module}\n${name}\n`);
	}

	integer(value: number): this {
		return this.ascii('J').bytes(...u32(value));
	}

	integers(values: readonly number[]): this {
		this.ascii('(');
		values.forEach((value) => this.integer(value));
		return this.ascii('t');
	}

	finish(): Uint8Array {
		return Uint8Array.from(this.parts);
	}
}

function strides(shape: readonly number[]): number[] {
	return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

function u16(value: number): Uint8Array {
	return Uint8Array.of(value & 255, value >> 8);
}

function u32(value: number): Uint8Array {
	return Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
	const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		result.set(part, at);
		at += part.length;
	}
	return result;
}
