// Builds the web app where its sources changed, and does nothing else.
import { ensureBuilt } from './setup.mjs';

ensureBuilt();
