"""The few calls of the CUDA driver API that the kernel needs, through ctypes: no toolkit, no package."""

import ctypes
import sys
import time

from png import Problem

LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
LEAST_DRIVER = 12020  # CUDA 12.2
BLOCK = 16
BAND_BYTES = 256 * 1024 * 1024
OUT_OF_MEMORY = 2
NO_DEVICE = 100
JIT_ERROR_LOG = 5
JIT_ERROR_LOG_BYTES = 6

_size, _pointer, _device_pointer = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_uint64
_unsigned, _int = ctypes.c_uint, ctypes.c_int
# Argument types of each call; every one returns a CUresult. From cuda.h of CUDA 12.2.
_CALLS = {
    "cuInit": [_unsigned],
    "cuDriverGetVersion": [ctypes.POINTER(_int)],
    "cuGetErrorString": [_int, ctypes.POINTER(ctypes.c_char_p)],
    "cuDeviceGetCount": [ctypes.POINTER(_int)],
    "cuDeviceGet": [ctypes.POINTER(_int), _int],
    "cuDeviceGetName": [ctypes.c_char_p, _int, _int],
    "cuDevicePrimaryCtxRetain": [ctypes.POINTER(_pointer), _int],
    "cuDevicePrimaryCtxRelease_v2": [_int],
    "cuCtxSetCurrent": [_pointer],
    "cuCtxSynchronize": [],
    "cuMemGetInfo_v2": [ctypes.POINTER(_size), ctypes.POINTER(_size)],
    "cuModuleLoadDataEx": [
        ctypes.POINTER(_pointer),
        ctypes.c_char_p,
        _unsigned,
        ctypes.POINTER(_int),
        ctypes.POINTER(_pointer),
    ],
    "cuModuleGetFunction": [ctypes.POINTER(_pointer), _pointer, ctypes.c_char_p],
    "cuModuleUnload": [_pointer],
    "cuMemAlloc_v2": [ctypes.POINTER(_device_pointer), _size],
    "cuMemFree_v2": [_device_pointer],
    "cuMemcpyHtoD_v2": [_device_pointer, _pointer, _size],
    "cuMemcpyDtoH_v2": [_pointer, _device_pointer, _size],
    "cuLaunchKernel": [_pointer] + [_unsigned] * 7 + [_pointer, ctypes.POINTER(_pointer), ctypes.POINTER(_pointer)],
}


class Card:
    """The first CUDA device, for the length of a `with` block."""

    def __init__(self, library=LIBRARY):
        loader = ctypes.WinDLL if sys.platform == "win32" else ctypes.CDLL
        try:
            self._driver = loader(library)
        except OSError:
            raise Problem(
                f"The NVIDIA driver ({library}) is not on this computer, or this skill can't reach it. "
                "“Photo upscale” does the same without a graphics card."
            ) from None
        for name, types in _CALLS.items():
            try:
                call = getattr(self._driver, name)
            except AttributeError:
                raise Problem(f"The NVIDIA driver is too old: it has no {name}. Update it.") from None
            call.argtypes, call.restype = types, _int
        self._release = []
        self.seconds = 0.0

    def _call(self, name, *arguments, doing):
        result = getattr(self._driver, name)(*arguments)
        if result == 0:
            return
        if result == OUT_OF_MEMORY:
            raise Problem(f"The graphics card {self.name} has not enough free memory. Close other programs that use it.")
        if result == NO_DEVICE:
            raise Problem("No NVIDIA graphics card was found. “Photo upscale” does the same without one.")
        text = ctypes.c_char_p()
        self._driver.cuGetErrorString(result, ctypes.byref(text))
        reason = text.value.decode() if text.value else "unknown error"
        raise Problem(f"The graphics card failed while {doing}: {reason} (CUDA error {result}).")

    name = "(unknown)"

    def __enter__(self):
        try:
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _open(self):
        self._call("cuInit", 0, doing="starting")
        version = _int()
        self._call("cuDriverGetVersion", ctypes.byref(version), doing="telling its driver's version")
        if version.value < LEAST_DRIVER:
            found = f"{version.value // 1000}.{version.value % 1000 // 10}"
            raise Problem(f"The NVIDIA driver supports CUDA {found}; 12.2 is needed. Update the driver.")
        count, device = _int(), _int()
        self._call("cuDeviceGetCount", ctypes.byref(count), doing="counting cards")
        if count.value == 0:
            raise Problem("No NVIDIA graphics card was found. “Photo upscale” does the same without one.")
        self._call("cuDeviceGet", ctypes.byref(device), 0, doing="choosing a card")
        name = ctypes.create_string_buffer(256)
        self._call("cuDeviceGetName", name, len(name), device, doing="telling its name")
        self.name = name.value.decode(errors="replace")
        context = _pointer()
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device, doing="being opened")
        self._release.append(lambda: self._driver.cuDevicePrimaryCtxRelease_v2(device))
        self._call("cuCtxSetCurrent", context, doing="being opened")

    def __exit__(self, *_):
        while self._release:
            self._release.pop()()

    def _load(self, program):
        """Compiles PTX text for this card and returns its one kernel."""
        log = ctypes.create_string_buffer(8192)
        options = (_int * 2)(JIT_ERROR_LOG, JIT_ERROR_LOG_BYTES)
        values = (_pointer * 2)(ctypes.cast(log, _pointer), len(log))
        module, kernel = _pointer(), _pointer()
        try:
            self._call(
                "cuModuleLoadDataEx", ctypes.byref(module), program, 2, options, values, doing="compiling the program"
            )
        except Problem as problem:
            detail = log.value.decode(errors="replace").strip()
            raise Problem(f"{problem} {detail}".strip()) from None
        self._release.append(lambda: self._driver.cuModuleUnload(module))
        self._call("cuModuleGetFunction", ctypes.byref(kernel), module, b"bicubic_rgba8", doing="finding the program")
        return kernel

    def _allocate(self, size):
        memory = _device_pointer()
        self._call("cuMemAlloc_v2", ctypes.byref(memory), size, doing="reserving memory")
        self._release.append(lambda: self._driver.cuMemFree_v2(memory))
        return memory

    def enlarge(self, program, pixels, width, height, scale):
        """Yields bands of RGBA rows of the enlarged picture, from the top."""
        kernel = self._load(program)
        out_width, out_height = width * scale, height * scale
        band_rows = max(1, min(out_height, BAND_BYTES // (out_width * 4)))
        source = self._allocate(len(pixels))
        target = self._allocate(band_rows * out_width * 4)
        host = (ctypes.c_char * len(pixels)).from_buffer(pixels)
        self._call("cuMemcpyHtoD_v2", source, ctypes.addressof(host), len(pixels), doing="taking the picture")

        for first in range(0, out_height, band_rows):
            rows = min(band_rows, out_height - first)
            # The driver reads each argument through a pointer, in the kernel's own order and widths.
            arguments = [source, target] + [_unsigned(n) for n in (width, height, scale, first, rows)]
            pointers = (_pointer * len(arguments))(*[ctypes.addressof(argument) for argument in arguments])
            blocks = (out_width + BLOCK - 1) // BLOCK, (rows + BLOCK - 1) // BLOCK
            started = time.perf_counter()
            self._call(
                "cuLaunchKernel",
                kernel,
                blocks[0],
                blocks[1],
                1,
                BLOCK,
                BLOCK,
                1,
                0,
                None,
                pointers,
                None,
                doing="starting the program",
            )
            self._call("cuCtxSynchronize", doing="enlarging")
            self.seconds += time.perf_counter() - started
            band = bytearray(rows * out_width * 4)
            view = (ctypes.c_char * len(band)).from_buffer(band)
            self._call("cuMemcpyDtoH_v2", ctypes.addressof(view), target, len(band), doing="giving the result")
            del view
            yield band
