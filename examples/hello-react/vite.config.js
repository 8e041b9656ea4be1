import { acmeUiDevelopment } from './src/development';

// Aboveboard is a folder beside this one, so that its React must be told to be this one's.
export default { plugins: [acmeUiDevelopment()], resolve: { dedupe: ['react'] } };
