// What `import { … } from 'mini-llm'` gives: the engine, and how to load its core in Node.
export * from './engine/index.ts';
export * from './engine/node.ts';
