// The thinnest client for pyright's server: what its extension does, as far as completions go.

const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const server = { module: process.env.PYRIGHT_SERVER, transport: TransportKind.ipc };
  client = new LanguageClient("pyright", "pyright", server, { documentSelector: [{ language: "python" }] });
  return client.start();
};
exports.deactivate = () => client?.stop();
