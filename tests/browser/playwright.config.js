// How the browser is driven. Whatever is written goes into the folder of the process that runs this.

const { tmpdir } = require("node:os");

module.exports = {
  testDir: __dirname,
  outputDir: `${process.env.HOME ?? tmpdir()}/results`,
  reporter: [["line"]],
  workers: 1,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: process.env.LARDER_URL,
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    },
  },
};
