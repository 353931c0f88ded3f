import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createCodec } from '../../../preload/rpc/codec.ts';
import { websocketChannel, type WebSocketLike } from '../../../preload/rpc/websocket-channel.ts';

describe('codec', () => {
	test('keeps plain data and every typed array', () => {
		const { encode, decode } = createCodec();
		const message = {
			id: 7,
			text: 'ü',
			none: null,
			deep: [{ data: Uint8Array.of(1, 2, 3) }, -1.5, true],
			pts: Float64Array.of(0, 1 / 3, -0),
			logits: Float32Array.of(0.5, Infinity),
			ints: [
				Int8Array.of(-1),
				Int16Array.of(-300),
				Int32Array.of(-70000),
				Uint16Array.of(65535),
				Uint32Array.of(2 ** 31),
			],
			clamped: Uint8ClampedArray.of(255),
		};
		expect(decode(encode(message))).toEqual(message);
		expect(decode(encode({ a: undefined, b: 1 }))).toEqual({ b: 1 });
		const view = new Float64Array([1, 2, 3]).subarray(1);
		expect(decode(encode(view))).toEqual(Float64Array.of(2, 3));
	});
});

describe('websocket channel', () => {
	test('keeps early messages in order, both ways, and tells the close once', async () => {
		const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
		await once(server, 'listening');
		const accepted = once(server, 'connection') as Promise<[WebSocket]>;
		const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
		const near = websocketChannel(client as unknown as WebSocketLike);
		near.post({ n: 1 });
		near.post({ n: 2, bytes: new Uint8Array(100_000).fill(9) });
		const far = websocketChannel((await accepted)[0] as unknown as WebSocketLike);
		far.post('hello');

		const heard: unknown[] = [];
		await new Promise<void>((resolve) => {
			far.listen((message) => {
				heard.push(message);
				if (heard.length === 2) {
					resolve();
				}
			});
		});
		expect(heard).toEqual([{ n: 1 }, { n: 2, bytes: new Uint8Array(100_000).fill(9) }]);
		expect(await new Promise((resolve) => near.listen(resolve))).toBe('hello');

		let closes = 0;
		near.onClose(() => closes++);
		await new Promise<void>((resolve) => {
			far.onClose(resolve);
			near.close();
		});
		far.post('lost, not thrown');
		// Told at once to who asks after the close.
		await new Promise<void>((resolve) => far.onClose(resolve));
		expect(closes).toBe(1);
		server.close();
	});
});
