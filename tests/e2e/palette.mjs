// A screenshot as a PNG of 256 colours: a third of the size, and no tool to install.
import { deflateSync } from 'node:zlib';

const COLOURS = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);

/** Node 18 of Debian has none (PNG, annex D). */
function crc32(bytes) {
	let crc = ~0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++)
			crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type), data]);
	const out = Buffer.alloc(body.length + 8);
	out.writeUInt32BE(data.length);
	body.copy(out, 4);
	out.writeUInt32BE(crc32(body), body.length + 4);
	return out;
}

/** Red, green and blue of each pixel, decoded by the browser. */
async function pixels(context, png) {
	const page = await context.newPage();
	const [width, height, base64] = await page.evaluate(async (source) => {
		const image = await createImageBitmap(await (await fetch(source)).blob());
		const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
		pen.drawImage(image, 0, 0);
		const { data } = pen.getImageData(0, 0, image.width, image.height);
		let text = '';
		for (let i = 0; i < data.length; i += 8192)
			text += String.fromCharCode(...data.subarray(i, i + 8192));
		return [image.width, image.height, btoa(text)];
	}, `data:image/png;base64,${png.toString('base64')}`);
	await page.close();
	return { width, height, data: Buffer.from(base64, 'base64') };
}

/** The most frequent colours stay exact; the others, edges of letters, take the nearest of them. */
export async function palettePng(context, png) {
	const { width, height, data } = await pixels(context, png);
	const counts = new Map();
	for (let i = 0; i < data.length; i += 4) {
		const colour = data.readUIntBE(i, 3);
		counts.set(colour, (counts.get(colour) ?? 0) + 1);
	}
	const kept = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, COLOURS).map(([colour]) => colour);
	const distance = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + ((a >> 8 & 255) - (b >> 8 & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
	const index = new Map([...counts.keys()].map((colour) => {
		let best = 0;
		for (let k = 1; k < kept.length; k++)
			if (distance(colour, kept[k]) < distance(colour, kept[best]))
				best = k;
		return [colour, best];
	}));
	const rows = Buffer.alloc(height * (width + 1));	// each begins with 0: no filter
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			rows[y * (width + 1) + 1 + x] = index.get(data.readUIntBE((y * width + x) * 4, 3));
	const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);	// 8 bits, palette
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	const palette = Buffer.alloc(kept.length * 3);
	kept.forEach((colour, k) => palette.writeUIntBE(colour, k * 3, 3));
	return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', palette),
		chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
