// SPDX-License-Identifier: BSD-2-Clause
//
// Opens pages, one after the other, in one headless Chromium behind a proxy, and prints what it
// saw as JSON. What to do comes as JSON on standard input, so that no password is in an argument
// list:
//
//   program   the browser            proxy     its address, http://127.0.0.1:3128
//   user      for the proxy, or null password
//   urls      what to open           home      a folder for what the browser keeps
//
// The driver answers the first question for a proxy's password and cancels the next one, as a
// person does who gives up: Chromium then shows the page that came with the 407. It is off the
// sandbox, since root cannot have it; it only ever sees pages of the test's own.
"use strict";

const { chromium } = require("playwright-core");
const fs = require("fs");

const PATIENCE_MS = 120000;

async function open(page, url) {
    try {
        const response = await page.goto(url, { timeout: PATIENCE_MS });
        const text = await page.evaluate(() => document.body.innerText);
        return { url, status: response.status(), text: text.trim() };
    } catch (error) {
        return { url, status: 0, text: String(error.message) };
    }
}

async function visit(order) {
    const proxy = { server: order.proxy, bypass: "<-loopback>" };
    if (order.user !== null) {
        proxy.username = order.user;
        proxy.password = order.password;
    }
    const browser = await chromium.launch({
        executablePath: order.program,
        headless: true,
        chromiumSandbox: false,
        timeout: PATIENCE_MS,
        env: { ...process.env, HOME: order.home },
        proxy,
    });
    try {
        const page = await browser.newPage();
        const pages = [];
        for (const url of order.urls)
            pages.push(await open(page, url));
        return { browser: browser.version(), pages };
    } finally {
        await browser.close();
    }
}

visit(JSON.parse(fs.readFileSync(0, "utf8")))
    .then((seen) => process.stdout.write(JSON.stringify(seen) + "\n"))
    .catch((error) => {
        process.stderr.write(error.stack + "\n");
        process.exitCode = 1;
    });
