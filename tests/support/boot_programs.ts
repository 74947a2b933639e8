/**
 * Two programs that a machine boots from a disk, one for a BIOS and one for UEFI. Each prints a line, has the firmware
 * copy blocks on the disk that it came from, and switches QEMU off.
 *
 * @module
 */

import { ascii, guid, join, le, sized, utf16, zeros } from "./boot_bytes.ts";
import { hex } from "./hex.ts";

/** What a program copies on the disk that it came from. */
export interface Copying {
  /** The first block to read; for UEFI counted from the start of the partition. */
  readonly from: number;
  /** The first block to write, counted likewise. */
  readonly to: number;
  /** How many blocks. */
  readonly blocks: number;
  /** Seconds to rest between reading and writing; 0 unless given. */
  readonly pause?: number;
}

/** What a program reads from a disk that cannot be written. */
export type Reading = Omit<Copying, "to">;

/** What both programs print at their end. */
export const COPIED = "what was read is written";

/** What both write to QEMU's `isa-debug-exit` at I/O port F4h when all went well: QEMU's exit code is 33 then. */
export const DONE = 0x10;

/**
 * A boot sector (512 bytes) for disks, or for CD-ROMs, where it only reads. The blocks that it reads, 64 KiB at most,
 * have to start with a line of ASCII that ends with NUL: this is what it prints. QEMU's exit code is 2n + 1 when INT 13h
 * fails with status n.
 */
export function biosProgram(task: Copying | Reading): Uint8Array<ArrayBuffer> {
  return join(
    sized(listing(BIOS), 0x180),
    addressPacket(task.from, task.blocks),
    "to" in task ? addressPacket(task.to, task.blocks) : zeros(16),
    ...[ascii(`${COPIED}\n\0`, 0x1f2 - 0x1a0), le(2, Math.round((task.pause ?? 0) * TICKS)), zeros(0x1fe - 0x1f4)],
    hex("55aa"),
  );
}

/** The disk address packet of INT 13h, functions 42h and 43h: the blocks and the address 1000h:0. */
function addressPacket(block: number, blocks: number): Uint8Array {
  return join(le(1, 16), le(1, 0), le(2, blocks), le(2, 0), le(2, 0x1000), le(8, block));
}

/**
 * `\EFI\BOOT\BOOTX64.EFI`: prints `line`, then copies blocks of `blockSize` bytes, 256 KiB at most, if there are any.
 * QEMU's exit code is 2n + 1 when a call fails with the UEFI status 8000000000000000h + n.
 */
export function uefiProgram(
  line: string,
  { from, to, blocks, pause = 0 }: Copying = NOTHING,
  blockSize = 512,
): Uint8Array<ArrayBuffer> {
  const code = join(
    sized(listing(UEFI), 0x100),
    guid("5b1b31a1-9562-11d2-8e3f-00a0c969723b"), // EFI_LOADED_IMAGE_PROTOCOL
    guid("964e5b21-6459-11d2-8e39-00a0c969723b"), // EFI_BLOCK_IO_PROTOCOL
    ...[le(4, from), le(4, to), le(4, blocks * blockSize), le(4, pause * 1e6)],
    sized(utf16(`${COPIED}\r\n`), 0x50),
    utf16(`${line}\r\n`),
  );
  return join(sized(peHeaders(), 0x400), sized(code, SECTION));
}

const SECTION = 0x1000;
/** Interrupts of a PC's clock in a second. */
const TICKS = 18.2;
const NOTHING: Copying = { from: 0, to: 0, blocks: 0 };

/** Headers of a UEFI application (PE/COFF specification): code at 1000h, a buffer of 256 KiB at 2000h. */
function peHeaders(): Uint8Array {
  const buffer = 64 * SECTION;
  return join(
    ...[ascii("MZ", 60), le(4, 64)],
    // File header: x86-64, two sections, 240 bytes of optional header, executable and not tied to an address below 4 GiB.
    ...[ascii("PE\0\0"), le(2, 0x8664), le(2, 2), zeros(12), le(2, 240), le(2, 0x22)],
    // Optional header: PE32+; sizes of code and data; where it starts, and where code is.
    ...[le(2, 0x20b), le(2, 0), le(4, SECTION), le(4, 0), le(4, buffer), le(4, SECTION), le(4, SECTION)],
    // No preferred address; alignment in memory and in the file; versions; sizes of image and headers; UEFI application.
    ...[le(8, 0), le(4, SECTION), le(4, 0x200), zeros(16), le(4, 2 * SECTION + buffer), le(4, 0x400), le(4, 0)],
    ...[le(2, 10), le(2, 0), zeros(32), le(4, 0), le(4, 16), zeros(128)],
    ...[ascii(".text", 8), le(4, SECTION), le(4, SECTION), le(4, SECTION), le(4, 0x400), zeros(12), le(4, 0x60000020)],
    ...[ascii(".bss", 8), le(4, buffer), le(4, 2 * SECTION), le(4, 0), le(4, 0), zeros(12), le(4, 0xc0000080)],
  );
}

/** The machine code of a listing: what stands before the colon of each line. */
function listing(lines: string): Uint8Array {
  return join(...lines.trim().split("\n").map((line) => hex(line.split(":")[0] ?? "")));
}

// Loaded at 7C00h, so that the packets are at 7D80h and 7D90h, the text at 7DA0h; 7DF0h keeps the
// number of the drive, 7DF2h how many ticks to rest.
const BIOS = `
  31 c0    : xor ax, ax
  8e d8    : mov ds, ax
  8e c0    : mov es, ax
  8e d0    : mov ss, ax
  bc 00 7c : mov sp, 7c00h
  fc       : cld
  88 16 f0 7d : mov [7df0h], dl
  be 80 7d : mov si, 7d80h
  b4 42    : mov ah, 42h
  cd 13    : int 13h
  72 35    : jc failed
  b8 00 10 : mov ax, 1000h
  8e d8    : mov ds, ax
  31 f6    : xor si, si
  e8 32 00 : call print
  31 c0    : xor ax, ax
  8e d8    : mov ds, ax
  8b 0e f2 7d : mov cx, [7df2h]
  e3 03    : jcxz go
  f4       : rest: hlt
  e2 fd    : loop rest
  be 90 7d : go: mov si, 7d90h
  80 7c 02 00 : cmp byte [si + 2], 0
  74 11    : je done
  8a 16 f0 7d : mov dl, [7df0h]
  b8 00 43 : mov ax, 4300h
  cd 13    : int 13h
  72 0a    : jc failed
  be a0 7d : mov si, 7da0h
  e8 0b 00 : call print
  b0 10    : done: mov al, 10h
  eb 02    : jmp off
  88 e0    : failed: mov al, ah
  e6 f4    : off: out 0f4h, al
  f4       : hang: hlt
  eb fd    : jmp hang
  fa       : print: cli (the BIOS must not print in between)
  ac       : next: lodsb
  84 c0    : test al, al
  74 12    : jz printed
  88 c4    : mov ah, al
  ba fd 03 : mov dx, 3fdh
  ec       : wait: in al, dx
  a8 20    : test al, 20h
  74 fb    : jz wait
  ba f8 03 : mov dx, 3f8h
  88 e0    : mov al, ah
  ee       : out dx, al
  eb e9    : jmp next
  fb       : printed: sti
  c3       : ret
`;

// After 100h bytes of code come the GUIDs, the numbers of blocks, and the texts at 130h and 180h; the buffer is at 1000h.
const UEFI = `
  53                   : push rbx
  56                   : push rsi
  57                   : push rdi
  48 83 ec 40          : sub rsp, 40h
  48 89 d3             : mov rbx, rdx (the system table)
  48 89 ce             : mov rsi, rcx (the handle of this image)
  48 8b 4b 40          : mov rcx, [rbx + 40h] (ConOut)
  48 8d 15 68 01 00 00 : lea rdx, [line]
  ff 51 08             : call [rcx + 8] (OutputString)
  83 3d 06 01 00 00 00 : cmp dword [length], 0
  0f 84 c3 00 00 00    : je done
  48 8b 7b 60          : mov rdi, [rbx + 60h] (boot services)
  48 89 f1             : mov rcx, rsi
  48 8d 15 ca 00 00 00 : lea rdx, [EFI_LOADED_IMAGE_PROTOCOL]
  4c 8d 44 24 30       : lea r8, [rsp + 30h]
  ff 97 98 00 00 00    : call [rdi + 98h] (HandleProtocol)
  48 85 c0             : test rax, rax
  0f 85 a3 00 00 00    : jnz off
  48 8b 4c 24 30       : mov rcx, [rsp + 30h]
  48 8b 49 18          : mov rcx, [rcx + 18h] (DeviceHandle)
  48 8d 15 b6 00 00 00 : lea rdx, [EFI_BLOCK_IO_PROTOCOL]
  4c 8d 44 24 30       : lea r8, [rsp + 30h]
  ff 97 98 00 00 00    : call [rdi + 98h] (HandleProtocol)
  48 85 c0             : test rax, rax
  0f 85 7f 00 00 00    : jnz off
  48 8b 74 24 30       : mov rsi, [rsp + 30h]
  48 8d 3d 86 0f 00 00 : lea rdi, [buffer]
  48 89 f1             : mov rcx, rsi
  48 8b 46 08          : mov rax, [rsi + 8] (Media)
  8b 10                : mov edx, [rax] (MediaId)
  44 8b 05 96 00 00 00 : mov r8d, [from]
  44 8b 0d 97 00 00 00 : mov r9d, [length]
  48 89 7c 24 20       : mov [rsp + 20h], rdi
  ff 56 18             : call [rsi + 18h] (ReadBlocks)
  48 85 c0             : test rax, rax
  75 4f                : jnz off
  48 8b 43 60          : mov rax, [rbx + 60h]
  8b 0d 84 00 00 00    : mov ecx, [pause]
  ff 90 f8 00 00 00    : call [rax + 0f8h] (Stall)
  48 89 f1             : mov rcx, rsi
  48 8b 46 08          : mov rax, [rsi + 8]
  8b 10                : mov edx, [rax]
  44 8b 05 66 00 00 00 : mov r8d, [to]
  44 8b 0d 63 00 00 00 : mov r9d, [length]
  48 89 7c 24 20       : mov [rsp + 20h], rdi
  ff 56 20             : call [rsi + 20h] (WriteBlocks)
  48 85 c0             : test rax, rax
  75 1b                : jnz off
  48 89 f1             : mov rcx, rsi
  ff 56 28             : call [rsi + 28h] (FlushBlocks)
  48 85 c0             : test rax, rax
  75 10                : jnz off
  48 8b 4b 40          : mov rcx, [rbx + 40h]
  48 8d 15 48 00 00 00 : lea rdx, [copied]
  ff 51 08             : call [rcx + 8]
  b0 10                : done: mov al, 10h
  e6 f4                : off: out 0f4h, al
  eb fe                : hang: jmp hang
`;
