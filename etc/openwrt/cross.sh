# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# Static musl programs for routers: Debian's cross-compilers, musl and the libraries from the
# sources below. Read by etc/openwrt/package and tests/port, which set
#   $src    this tree
#   $work   where all of it is fetched and built; what is there already is used again
# and in which "skip WHY" ends what is being done.

# A family: its name, the compiler, qemu-user with a processor, flags, and the architectures of
# OpenWrt that its program runs on, the usual router's first.
families='
armhf   arm-linux-gnueabihf qemu-arm-static,cortex-a9   -
	arm_cortex-a9_vfpv3-d16,arm_cortex-a7_neon-vfpv4,arm_cortex-a15_neon-vfpv4,arm_cortex-a9_neon,arm_cortex-a8_vfpv3,arm_cortex-a5_vfpv4
arm     arm-linux-gnueabi   qemu-arm-static,arm926      -march=armv5te
	arm_cortex-a9,arm_cortex-a7,arm_arm926ej-s,arm_xscale
aarch64 aarch64-linux-gnu   qemu-aarch64-static,cortex-a53  -
	aarch64_cortex-a53,aarch64_cortex-a72,aarch64_cortex-a76,aarch64_generic
mips    mips-linux-gnu      qemu-mips-static,24Kc       -march=mips32r2,-mtune=24kc,-msoft-float
	mips_24kc
mipsel  mipsel-linux-gnu    qemu-mipsel-static,24Kc     -march=mips32r2,-mtune=24kc,-msoft-float
	mipsel_24kc
x86_64  x86_64-linux-gnu    qemu-x86_64-static,max      -
	x86_64
s390x   s390x-linux-gnu     qemu-s390x-static,max       -
	-
'

# Debian's copies of what upstream has released, without Debian's changes: its musl is without
# crypt(3).
sources='
libs/libserialport/libserialport_0.1.2.orig.tar.gz 5deb92b5ca72c0347b07b786848350deca2dcfd975ce613b8e0e1d947a4b4ca9
m/musl/musl_1.2.3.orig.tar.gz            7d5b0b6062521e4627e099e4c9dc8248d32a30285e959b7eecaa780cf8cfd4a4
libc/libconfig/libconfig_1.5.orig.tar.gz e31daa390d8e4461c8830512fe2e13ba1a3d6a02a2305a02429eec61e68703f6
j/json-c/json-c_0.16.orig.tar.gz         3ecaeedffd99a60b1262819f9e60d7d983844073abc74e495cb822b251904185
libe/libev/libev_4.33.orig.tar.gz        507eb7b8d1015fbec5b935f34ebed15bf346bed04a11ab82b8eee848c4205aea
c/cmocka/cmocka_1.1.5.orig.tar.xz        f0ccd8242d55e2fd74b16ba518359151f6f8383ff8aef4976e48393f77bba8b6
'
# MIPS routers have no floating point unit, and Debian has no libgcc for that. Of glibc, only the
# arithmetic in software is compiled.
soft_source='
g/glibc/glibc_2.36.orig.tar.xz           a543c02070d46ccaf866957efd13f10c924daa74c86a90a0254db09a92a708ee
'

jobs=$(nproc)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# Where this machine has its own packages from.
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' \
	'Created-By: Packages' | sed -n "s/ $suite\$//p" | head -n 1)

# Sets triplet, qemu, cpu, flags and arches. False for one that is not there.
choose_family() {
	# shellcheck disable=SC2046
	set -- $(echo "$families" | awk -v name="$1" '$1 == name { print; getline; print }')
	[ $# = 5 ] || return
	triplet=$2 qemu=${3%,*} cpu=${3#*,}
	flags=$(echo "$4" | tr ',' ' ')
	arches=$(echo "$5" | tr ',' ' ')
	[ "$flags" != - ] || flags=''
}

# fetch_sources ROWS: into $work/sources; a file that is put there by hand serves as well.
fetch_sources() {
	mkdir -p "$work/sources"
	echo "$1" | while read -r path sum; do
		file=$work/sources/${path##*/}
		[ -n "$path" ] && ! echo "$sum  $file" | sha256sum -c --status 2>/dev/null ||
			continue
		timeout 300 /usr/lib/apt/apt-helper -o APT::Sandbox::User="$(id -un)" download-file \
			"$mirror/pool/main/$path" "$file" "SHA256:$sum" >&2 || {
			rm -f "$file"
			return 1
		}
	done || skip "${mirror:-a Debian mirror} does not give all sources; they can be put into $work/sources by hand"
}

# unpack NAME DIR: that source as DIR. Its licence is kept.
unpack() {
	mkdir -p "$2" "$work/licences"
	tar -C "$2" --strip-components=1 -xf "$work/sources/$1"_*.orig.tar.*
	for licence in COPYING.LIB COPYING LICENSE COPYRIGHT; do
		[ ! -e "$2/$licence" ] || cp "$2/$licence" "$work/licences/$1"
	done
}

# find_headers NAME: the kernel's, for the family's compiler.
find_headers() {
	for headers in "/usr/$triplet/include/$1" "/usr/include/$triplet/$1" "/usr/include/$1"; do
		case $triplet:$headers in
		x86_64-*:* | *:*"$triplet"*) ;;
		*) continue ;; # this machine's own
		esac
		[ ! -d "$headers" ] || {
			echo "$headers"
			return
		}
	done
	return 1
}

build_musl() {
	unpack musl "$1"
	(
		cd "$1" || exit
		./configure --target="$triplet" CROSS_COMPILE="$triplet-" \
			CFLAGS="-Os $flags $same" --prefix="$root" \
			--disable-shared --enable-wrapper=gcc
	)
	make -C "$1" -j "$jobs" install
	# The kernel's headers are no part of it.
	for headers in linux asm asm-generic; do
		cp -rL "$(find_headers $headers)" "$root/include/"
	done
	# libtool swallows -static. Where the kernel kills at an FPU instruction, the software
	# comes before libgcc, which is for those that have one.
	cat >"$cc" <<-END
		#!/bin/sh
		exec "$root/bin/musl-gcc" -static $flags "\$@"
	END
	chmod 755 "$cc"
}

# glibc's arithmetic in software as one object that each program is linked with.
build_soft_float() {
	mkdir -p "$1"
	tar -C "$1" --strip-components=1 -xf "$work"/sources/glibc_*.orig.tar.xz --wildcards \
		'*/soft-fp/*' '*/sysdeps/mips/mips32/sfp-machine.h' '*/stdlib/longlong.h'
	for file in "$1"/soft-fp/*[ds]f*.c; do
		case $file in
		*tf* | *hf* | *ti*) continue ;; # wider and narrower ones: nobody asks for them
		esac
		name=${file##*/}
		"$cc" -Os -w -ffunction-sections -D_LIBC -I"$1" -I"$1/soft-fp" \
			-I"$1/sysdeps/mips/mips32" \
			-D'strong_alias(a,b)=extern __typeof(a) b __attribute__((alias(#a)))' \
			-c "$file" -o "$1/${name%.c}.o"
	done
	"$triplet-ld" -r -o "$root/lib/softfp.o" "$1"/*.o
	sed -i "/crt1\.o/s,crti\.o,crti.o $root/lib/softfp.o," "$root/lib/musl-gcc.specs"
}

build_library() {
	unpack "$1" "$2"
	if [ -e "$2/configure" ]; then
		made=$2
		(
			cd "$2" || exit
			./configure -q --host="$triplet" --disable-shared --enable-static \
				--disable-cxx --disable-examples --prefix="$root" \
				CC="$cc" CFLAGS="-Os $same"
		)
	else
		made=$2/made
		cmake -S "$2" -B "$made" -DCMAKE_SYSTEM_NAME=Linux \
			-DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="-Os $same $pointers" \
			-DCMAKE_C_COMPILER="$cc" -DCMAKE_INSTALL_PREFIX="$root" \
			-DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF \
			-DWITH_STATIC_LIB=ON -DWITH_EXAMPLES=OFF -DBUILD_TESTING=OFF \
			-DBUILD_APPS=OFF
	fi
	make -C "$made" -j "$jobs" MAKEINFO=true
	make -C "$made" install MAKEINFO=true
}

# build_libraries FAMILY: below $root, with the compiler $cc. Errors end the shell (set -e).
build_libraries() {
	choose_family "$1"
	root=$work/$1/root
	cc=$root/bin/static-gcc
	export PKG_CONFIG_LIBDIR="$root/lib/pkgconfig"
	[ ! -e "$root/done" ] || return 0
	command -v "$triplet-gcc" >/dev/null || skip "gcc-$triplet is not installed"
	find_headers linux >/dev/null || skip "the kernel's headers for $triplet are not installed"
	command -v cmake >/dev/null || skip "cmake is not installed"
	libs=$work/$1/libs
	rm -rf "$root" "$libs"
	fetch_sources "$sources"
	mkdir -p "$root/bin"
	# Nothing of where it was built.
	same="-g0 -ffunction-sections -fdata-sections -ffile-prefix-map=$work/$1=."
	build_musl "$libs/musl"
	case $flags in
	*-msoft-float*)
		fetch_sources "$soft_source"
		build_soft_float "$libs/soft"
		;;
	esac
	pointers=''
	for library in libserialport libconfig json-c libev cmocka; do
		# cmocka guesses at it, and is wrong with musl.
		[ $library != cmocka ] || pointers=-D_UINTPTR_T
		build_library $library "$libs/$library"
	done
	rm -rf "$libs"
	touch "$root/done"
}

# configure_for FAMILY DIR ARGUMENT...: once its libraries are there.
configure_for() {
	objects=$2
	shift 2
	[ ! -e "$objects/config.status" ] || return 0
	mkdir -p "$objects"
	(
		cd "$objects" || exit
		"$src/configure" -q --host="$triplet" CC="$cc" CMOCKA_LIBS=-lcmocka-static \
			CPPFLAGS="-I$root/include" LDFLAGS="-L$root/lib" "$@"
	) || {
		rm -f "$objects/config.status"
		return 1
	}
}
