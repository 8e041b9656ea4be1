// Takes the types off a file, for webpack.
const { transformSync } = require('esbuild');
module.exports = (code) => transformSync(code, { loader: 'ts' }).code;
