import { StudioError } from '../../preload/common/studio-error.ts';
import { ByteReader } from './byte-reader.ts';

/*
 * Reads the pickle of a torch checkpoint into plain data. Nothing is looked up or run: a name is a string, and a call
 * of one is understood only for the few names below. Instructions are those of Python's pickletools, protocols 2 to 5,
 * that dictionaries, lists, numbers, text and tensors need.
 */

export type PickledStorage = { kind: 'storage'; storageType: string; key: string; elements: number };
export type PickledTensor = {
	kind: 'tensor';
	storage: PickledStorage;
	offset: number;
	shape: number[];
	strides: number[];
};
export type PickledDict = { kind: 'dict'; entries: Map<PickledValue, PickledValue> };
export type PickledList = { kind: 'list'; items: PickledValue[] };
export type PickledName = { kind: 'name'; name: string };
/** Something that is not weights; what it is made of is dropped. */
export type PickledOther = { kind: 'other' };
export type PickledValue =
	| null
	| boolean
	| number
	| string
	| PickledStorage
	| PickledTensor
	| PickledDict
	| PickledList
	| PickledName
	| PickledOther;

const TENSOR = 'torch._utils._rebuild_tensor_v2';
const PARAMETER = 'torch._utils._rebuild_parameter';
const DICTIONARIES = ['collections.OrderedDict', 'collections.defaultdict', 'collections.Counter', 'builtins.dict'];
const STORAGE = /^torch\.(storage\.)?(\w+Storage)$/;
/** Names that a checkpoint of a training run has beside its weights. They mean nothing to us and do nothing. */
const INERT = new Set([
	...['torch.Size', 'torch.device', 'torch.serialization._get_layout', 'torch.layout'],
	...['float16', 'bfloat16', 'float32', 'float64', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool'].map(
		(type) => `torch.${type}`,
	),
	...['numpy.core.multiarray.scalar', 'numpy._core.multiarray.scalar', 'numpy.dtype', '_codecs.encode'],
	...['builtins.int', 'builtins.float', 'builtins.list', 'builtins.set', '__builtin__.set', 'builtins.bytearray'],
]);

/** A checkpoint of the largest network with its optimiser has some 50,000; more would only fill the memory. */
const VALUE_LIMIT = 1_000_000;

type Mark = { kind: 'mark' };
const MARK: Mark = { kind: 'mark' };

/** The value of the pickle. */
export function readPickle(bytes: Uint8Array): PickledValue {
	return new PickleMachine(bytes).run();
}

class PickleMachine {
	private readonly reader: ByteReader;
	private readonly stack: (PickledValue | Mark)[] = [];
	private readonly memo = new Map<number, PickledValue>();
	private values = 0;

	constructor(bytes: Uint8Array) {
		this.reader = new ByteReader(bytes, 'its list of tensors');
	}

	run(): PickledValue {
		for (;;) {
			const opcode = this.reader.u8();
			if (opcode === 0x2e) {
				return this.pop(); // STOP
			}
			this.step(opcode);
		}
	}

	private step(opcode: number): void {
		const { reader } = this;
		switch (String.fromCharCode(opcode)) {
			case '\x80': // PROTO
				return void reader.skip(1);
			case '\x95': // FRAME
				return void reader.skip(8);
			case '(': // MARK
				return void this.stack.push(MARK);
			case '0': // POP
				return void this.stack.pop();
			case '1': // POP_MARK
				return void this.popToMark();
			case 'N': // NONE
				return this.push(null);
			case '\x88': // NEWTRUE
				return this.push(true);
			case '\x89': // NEWFALSE
				return this.push(false);
			case 'J': // BININT
				return this.push(reader.i32());
			case 'K': // BININT1
				return this.push(reader.u8());
			case 'M': // BININT2
				return this.push(reader.u16());
			case '\x8a': // LONG1
				return this.push(littleEndian(reader.take(reader.u8())));
			case 'G': // BINFLOAT
				return this.push(reader.f64BigEndian());
			case 'X': // BINUNICODE
				return this.push(reader.utf8(reader.u32()));
			case '\x8c': // SHORT_BINUNICODE
				return this.push(reader.utf8(reader.u8()));
			case 'U': // SHORT_BINSTRING
			case 'C': // SHORT_BINBYTES
				return this.push(reader.text(reader.u8()));
			case 'T': // BINSTRING
			case 'B': // BINBYTES
				return this.push(reader.text(reader.u32()));
			case '}': // EMPTY_DICT
				return this.push({ kind: 'dict', entries: new Map() });
			case ']': // EMPTY_LIST
			case ')': // EMPTY_TUPLE
			case '\x8f': // EMPTY_SET
				return this.push({ kind: 'list', items: [] });
			case 't': // TUPLE
			case 'l': // LIST
			case '\x91': // FROZENSET
				return this.push({ kind: 'list', items: this.popToMark() });
			case '\x85': // TUPLE1
			case '\x86': // TUPLE2
			case '\x87': // TUPLE3
				return this.push({ kind: 'list', items: this.popMany(opcode - 0x84) });
			case 'a': // APPEND
				return this.append([this.pop()]);
			case 'e': // APPENDS
			case '\x90': // ADDITEMS
				return this.append(this.popToMark());
			case 's': // SETITEM
				return this.setItems(this.popMany(2));
			case 'u': // SETITEMS
				return this.setItems(this.popToMark());
			case 'q': // BINPUT
				return void this.memo.set(reader.u8(), this.top());
			case 'r': // LONG_BINPUT
				return void this.memo.set(reader.u32(), this.top());
			case '\x94': // MEMOIZE
				return void this.memo.set(this.memo.size, this.top());
			case 'h': // BINGET
				return this.recall(reader.u8());
			case 'j': // LONG_BINGET
				return this.recall(reader.u32());
			case 'c': // GLOBAL
				return this.push(named(`${reader.line()}.${reader.line()}`));
			case '\x93': // STACK_GLOBAL
				return this.push(named(this.popMany(2).join('.')));
			case 'R': // REDUCE
			case '\x81': // NEWOBJ
				return this.call();
			case 'b': // BUILD: attributes of an object, which none of ours has
				return void this.pop();
			case 'Q': // BINPERSID
				return this.push(storage(this.pop()));
			default:
				throw new StudioError('weights.opcode', { opcode: `0x${opcode.toString(16).padStart(2, '0')}` });
		}
	}

	private push(value: PickledValue): void {
		if (++this.values > VALUE_LIMIT) {
			throw new StudioError('weights.damaged', { reason: `its list of tensors has over ${VALUE_LIMIT} values` });
		}
		this.stack.push(value);
	}

	private top(): PickledValue {
		const value = this.stack.at(-1);
		if (value === undefined || value === MARK) {
			throw damaged();
		}
		return value as PickledValue;
	}

	private pop(): PickledValue {
		const value = this.top();
		this.stack.pop();
		return value;
	}

	private popMany(count: number): PickledValue[] {
		return Array.from({ length: count }, () => this.pop()).reverse();
	}

	private popToMark(): PickledValue[] {
		const at = this.stack.lastIndexOf(MARK);
		if (at < 0) {
			throw damaged();
		}
		const values = this.stack.splice(at).slice(1);
		return values as PickledValue[];
	}

	private append(values: PickledValue[]): void {
		const list = this.top();
		if (isKind(list, 'list')) {
			values.forEach((value) => list.items.push(value));
		} else if (!isKind(list, 'other')) {
			throw damaged();
		}
	}

	private setItems(values: PickledValue[]): void {
		const dict = this.top();
		if (isKind(dict, 'other')) {
			return;
		}
		if (!isKind(dict, 'dict') || values.length % 2 !== 0) {
			throw damaged();
		}
		for (let index = 0; index < values.length; index += 2) {
			dict.entries.set(values[index]!, values[index + 1]!);
		}
	}

	private recall(index: number): void {
		const value = this.memo.get(index);
		if (value === undefined) {
			throw damaged();
		}
		this.push(value);
	}

	private call(): void {
		const [callee, args] = this.popMany(2);
		if (!isKind(callee, 'name') || !isKind(args, 'list')) {
			throw damaged();
		}
		if (callee.name === TENSOR) {
			this.push(tensor(args.items));
		} else if (callee.name === PARAMETER) {
			this.push(args.items[0] ?? null);
		} else if (DICTIONARIES.includes(callee.name)) {
			this.push({ kind: 'dict', entries: new Map() });
		} else if (INERT.has(callee.name)) {
			this.push({ kind: 'other' });
		} else {
			throw new StudioError('weights.code', { name: callee.name });
		}
	}
}

/** A name that a checkpoint may speak of; any other is refused before anything else is read. */
function named(name: string): PickledName {
	const isKnown =
		name === TENSOR || name === PARAMETER || DICTIONARIES.includes(name) || INERT.has(name) || STORAGE.test(name);
	if (!isKnown) {
		throw new StudioError('weights.code', { name: name.slice(0, 200) });
	}
	return { kind: 'name', name };
}

/** ('storage', its type, key of its file, device, elements) */
function storage(id: PickledValue): PickledStorage {
	if (!isKind(id, 'list')) {
		throw damaged();
	}
	const [tag, type, key, , elements] = id.items;
	const storageType = isKind(type, 'name') ? STORAGE.exec(type.name)?.[2] : undefined;
	if (tag !== 'storage' || storageType === undefined || typeof key !== 'string' || !isSize(elements)) {
		throw damaged();
	}
	return { kind: 'storage', storageType, key, elements };
}

/** (storage, offset, shape, strides, ..) */
function tensor(args: readonly PickledValue[]): PickledTensor {
	const [from, offset, shape, strides] = args;
	if (!isKind(from, 'storage') || !isSize(offset) || !isKind(shape, 'list') || !isKind(strides, 'list')) {
		throw damaged();
	}
	if (!shape.items.every(isSize) || !strides.items.every(isSize) || shape.items.length !== strides.items.length) {
		throw damaged();
	}
	return { kind: 'tensor', storage: from, offset, shape: shape.items, strides: strides.items };
}

export function isKind<K extends string>(
	value: PickledValue | undefined,
	kind: K,
): value is Extract<PickledValue, { kind: K }> {
	return typeof value === 'object' && value !== null && value.kind === kind;
}

function isSize(value: PickledValue | undefined): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A whole number in two's complement; a huge one loses its last digits, and no size is huge. */
function littleEndian(bytes: Uint8Array): number {
	let value = 0;
	for (let index = bytes.length - 1; index >= 0; index--) {
		value = value * 256 + bytes[index]!;
	}
	return bytes.length > 0 && bytes.at(-1)! >= 0x80 ? value - 256 ** bytes.length : value;
}

function damaged(): StudioError {
	return new StudioError('weights.damaged', { reason: 'its list of tensors makes no sense' });
}
