import { configureGlobal } from 'fast-check';

// Set up before each test file: properties draw the same cases in every run, so that a change fails by what it changed alone.
// PROPERTY_SEED names other cases, or `random` ones; a case that fails tells its seed.
const named = process.env['PROPERTY_SEED'] ?? '1';
if (named !== 'random') configureGlobal({ seed: Number(named) });
