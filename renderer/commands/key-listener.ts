import { commandFor, focusPlace } from './keys.ts';
import type { Commands } from './registry.ts';

/** A press of Space shorter than this, with no drag in it, plays; a longer one was for panning. */
const longestTapMillis = 300;

/**
 * Listens to the keys of the whole page. Space is play when tapped and pan while held. `data-walks` on the root says
 * that a person walks by Tab, so that stage and timeline show their focus then alone. Returns how to stop.
 */
export function listenToKeys(
	target: Window,
	options: { commands: Commands; onSpaceHeld: (isHeld: boolean) => void },
): () => void {
	const { commands, onSpaceHeld } = options;
	let spaceDownAtMillis: number | null = null;

	const down = (event: KeyboardEvent) => {
		if (event.code === 'Tab') {
			target.document.documentElement.dataset['walks'] = 'true';
		}
		if (event.defaultPrevented || event.isComposing) {
			return;
		}
		const place = focusPlace(target.document);
		if (place === 'text' && event.code === 'Escape') {
			event.preventDefault();
			giveKeysBack(target.document);
			return;
		}
		const id = commandFor(event, { keyMap: commands.keyMap, place, isMac: commands.isMac });
		if (id === null) {
			return;
		}
		event.preventDefault();
		if (id === 'play.toggle') {
			if (!event.repeat) {
				spaceDownAtMillis = event.timeStamp;
				onSpaceHeld(true);
			}
			return;
		}
		void commands.run(id);
	};
	const up = (event: KeyboardEvent) => {
		if (event.code !== 'Space' || spaceDownAtMillis === null) {
			return;
		}
		const isTap = event.timeStamp - spaceDownAtMillis < longestTapMillis;
		spaceDownAtMillis = null;
		onSpaceHeld(false);
		if (isTap) {
			void commands.run('play.toggle');
		}
	};
	const pressed = () => {
		delete target.document.documentElement.dataset['walks'];
		if (spaceDownAtMillis !== null) {
			spaceDownAtMillis = -Infinity;
		}
	};
	const blurred = () => {
		spaceDownAtMillis = null;
		onSpaceHeld(false);
	};
	target.addEventListener('keydown', down);
	target.addEventListener('keyup', up);
	target.addEventListener('pointerdown', pressed, true);
	target.addEventListener('blur', blurred);
	return () => {
		target.removeEventListener('keydown', down);
		target.removeEventListener('keyup', up);
		target.removeEventListener('pointerdown', pressed, true);
		target.removeEventListener('blur', blurred);
	};
}

/** Takes the focus out of a field, so that single keys mean commands again; Tab still goes on from there. */
export function giveKeysBack(page: Document): void {
	const place = focusPlace(page);
	if (place === 'text' || place === 'elsewhere') {
		(page.activeElement as HTMLElement | null)?.blur();
	}
}
