export * from './weight-target.ts';
