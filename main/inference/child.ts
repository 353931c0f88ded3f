/** Entry of the inference process. */
import { serveInference } from './child-server.ts';
import { parentChannel } from './parent-channel.ts';

serveInference(parentChannel());
