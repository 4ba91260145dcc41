// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.24;

interface Token {
    function transfer(address to, uint256 value) external returns (bool);

    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

/// A stand-in for the contract by which a daemon pays several providers at once, over the token at
/// the address that the daemon knows.
contract MultiPayment {
    Token public constant GLM = Token(0x55555555555556AcFf9C332Ed151758858bd7a26);

    function golemTransferDirect(address[] calldata recipients, uint256[] calldata amounts) external {
        for (uint256 i = 0; i < recipients.length; i++) {
            require(GLM.transferFrom(msg.sender, recipients[i], amounts[i]), "transfer failed");
        }
    }

    function golemTransferDirectPacked(bytes32[] calldata payments) external {
        for (uint256 i = 0; i < payments.length; i++) {
            require(GLM.transferFrom(msg.sender, to(payments[i]), amount(payments[i])), "transfer failed");
        }
    }

    function golemTransferIndirect(address[] calldata recipients, uint256[] calldata amounts) external {
        uint256 total = 0;
        for (uint256 i = 0; i < amounts.length; i++) {
            total += amounts[i];
        }
        require(GLM.transferFrom(msg.sender, address(this), total), "transfer failed");
        for (uint256 i = 0; i < recipients.length; i++) {
            require(GLM.transfer(recipients[i], amounts[i]), "transfer failed");
        }
    }

    function golemTransferIndirectPacked(bytes32[] calldata payments, uint256 total) external {
        require(GLM.transferFrom(msg.sender, address(this), total), "transfer failed");
        for (uint256 i = 0; i < payments.length; i++) {
            total -= amount(payments[i]);
            require(GLM.transfer(to(payments[i]), amount(payments[i])), "transfer failed");
        }
        require(total == 0, "the total is not the sum");
    }

    function to(bytes32 payment) private pure returns (address) {
        return address(bytes20(payment));
    }

    function amount(bytes32 payment) private pure returns (uint256) {
        return uint96(uint256(payment));
    }
}
