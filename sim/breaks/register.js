/** `node --import …/register.js`, with USHER_BREAK=NAME: runs a program with one fault of breaks.js built in. */
import { register } from 'node:module';

register('./loader.js', import.meta.url);
